import { toByteString } from '../byte-string.js';
import { IdList } from '../ids.js';
import { mergeBytes, type Ranks } from '../merge.js';

const CACHED_PIECES = 100_000;
const CACHED_LENGTH = 64;
const CHARACTERS_PER_TOKEN = 3;

/**
 * The ids of well-formed texts under ranks: a text is cut by the pattern, a piece that is a token is that token, and
 * any other is merged from its bytes. Short pieces are remembered, up to {@link CACHED_PIECES}.
 */
export function pieceEncoder(ranks: Ranks, pattern: string): (text: string) => Uint32Array {
  const pieces = new RegExp(pattern, 'gu');
  const cache = new Map<string, readonly number[]>();

  const remember = (piece: string, ids: readonly number[]): void => {
    if (cache.size === CACHED_PIECES) cache.clear();
    cache.set(piece, ids);
  };

  return (text) => {
    const ids = new IdList(Math.ceil(text.length / CHARACTERS_PER_TOKEN));
    pieces.lastIndex = 0;
    let start = 0;
    while (pieces.test(text)) {
      const piece = text.slice(start, pieces.lastIndex);
      start = pieces.lastIndex;
      let found = cache.get(piece);
      if (found === undefined) {
        found = encodePiece(piece, ranks);
        if (piece.length <= CACHED_LENGTH) remember(detached(piece), found);
      }
      for (const id of found) ids.push(id);
    }
    return ids.toArray();
  };
}

function encodePiece(piece: string, ranks: Ranks): number[] {
  const bytes = toByteString(piece);
  const whole = ranks.get(bytes);
  if (whole !== undefined) return [whole];
  return mergeBytes(bytes, ranks).map((part) => ranks.get(part) as number);
}

/** A copy that shares no memory: engines keep the whole text alive as long as a slice of it. */
function detached(piece: string): string {
  return JSON.parse(JSON.stringify(piece)) as string;
}

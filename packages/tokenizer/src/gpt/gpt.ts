import { SheepError, type Tokenizer, type TokenizerJson } from '@sheep/core';
import { byteLevelJson } from '../byte-level-json.js';
import { toByteString } from '../byte-string.js';
import { byteStreamDecoder, decodeBytes, type TextDecoding } from '../decoder.js';
import { END_OF_TEXT } from '../special.js';
import { assertWellFormed } from '../well-formed.js';
import { pieceEncoder } from './encoder.js';
import { gptEncodings, type GptEncoding, type GptEncodingName } from './encodings.js';
import { mergesOf } from './merges.js';

const loaded = new Map<GptEncoding, Promise<Vocabulary>>();

/** What is made once for each encoding, whatever the number of its tokenizers. */
interface Vocabulary {
  readonly byteStrings: readonly string[];
  readonly encode: (text: string) => Uint32Array;
  readonly toJSON: () => TokenizerJson;
}

/**
 * The tokenizer of an OpenAI encoding, loaded on first use. Its ids are those of tiktoken for any text, runs of equal
 * characters of any length included: nothing is cut, long pieces are merged in O(n log n).
 *
 * `encode` throws SheepError `bad-input` for a lone surrogate and for nothing else. An id below `vocabSize` that the
 * encoding leaves unused decodes to nothing.
 *
 * @throws SheepError `bad-option` for another name.
 */
export async function gptTokenizer(encoding: GptEncodingName): Promise<Tokenizer & TextDecoding> {
  if (!Object.hasOwn(gptEncodings, encoding)) throw unknownEncoding(encoding);
  const { specialTokens } = gptEncodings[encoding];
  const { byteStrings, encode, toJSON } = await load(gptEncodings[encoding]);
  const vocabSize = Math.max(...specialTokens.values()) + 1;
  const tokens: (string | undefined)[] = [...byteStrings];
  tokens.length = vocabSize;
  for (const [special, id] of specialTokens) tokens[id] = special;
  const byteTokens = { name: encoding, tokens };
  return {
    name: encoding,
    vocabSize,
    specialTokens,
    endOfText: specialTokens.get(END_OF_TEXT),
    encode: (text) => {
      assertWellFormed(text, `encoding text with the ${encoding} tokenizer`);
      return encode(text);
    },
    decode: (ids) => decodeBytes(byteTokens, ids),
    textDecoder: () => byteStreamDecoder(byteTokens),
    toJSON,
  };
}

async function load(encoding: GptEncoding): Promise<Vocabulary> {
  const vocabulary = loaded.get(encoding) ?? loadVocabulary(encoding);
  loaded.set(encoding, vocabulary);
  try {
    return await vocabulary;
  } catch (error) {
    loaded.delete(encoding);
    throw error;
  }
}

async function loadVocabulary({ pattern, jsonPattern, specialTokens, loadRanks }: GptEncoding): Promise<Vocabulary> {
  const raw = (await loadRanks()).default;
  const byteStrings = raw.map((token) =>
    typeof token === 'string' ? toByteString(token) : String.fromCharCode(...token),
  );
  const ranks = new Map(byteStrings.map((token, rank) => [token, rank]));
  let json: TokenizerJson | undefined;
  const makeJson = (): TokenizerJson => {
    const merges = mergesOf(byteStrings, ranks);
    return byteLevelJson({ tokens: byteStrings, merges, pattern: jsonPattern, specialTokens });
  };
  return { byteStrings, encode: pieceEncoder(ranks, pattern), toJSON: () => (json ??= makeJson()) };
}

function unknownEncoding(encoding: string): SheepError {
  return new SheepError('bad-option', {
    doing: 'loading a GPT encoding',
    expected: `one of ${Object.keys(gptEncodings).join(', ')}`,
    received: JSON.stringify(encoding),
    remedy: 'choose one of these',
  });
}

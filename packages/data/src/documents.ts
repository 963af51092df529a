import { SheepError, type Tokenizer } from '@sheep/core';

/** One text and where it is from. */
export interface Document {
  /** The file's path as the user wrote it, or what else names the text in a message. */
  readonly name: string;
  readonly text: string;
}

function encodeDocument({ name, text }: Document, tokenizer: Tokenizer): Uint32Array {
  try {
    return tokenizer.encode(text);
  } catch (error) {
    if (!(error instanceof SheepError)) throw error;
    throw new SheepError(error.code, { ...error.parts, doing: `${error.parts.doing} of ${name}` }, { cause: error });
  }
}

/**
 * The token ids of all documents, in order, with the tokenizer's end-of-text token between each two
 * (nothing between them where the tokenizer has none).
 *
 * @throws SheepError as the tokenizer does, with the document's name.
 */
export function tokenizeDocuments(documents: readonly Document[], tokenizer: Tokenizer): Uint32Array {
  const joint = tokenizer.endOfText === undefined ? [] : [tokenizer.endOfText];
  const pieces = documents.map((document) => encodeDocument(document, tokenizer));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const tokens = new Uint32Array(length + joint.length * Math.max(0, pieces.length - 1));
  let offset = 0;
  for (const piece of pieces) {
    if (offset > 0 && joint.length > 0) tokens.set(joint, offset++);
    tokens.set(piece, offset);
    offset += piece.length;
  }
  return tokens;
}

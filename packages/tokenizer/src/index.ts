export { byteTokenizer } from './byte.js';
export { charTokenizer } from './char.js';
export { createDecoder, type StreamDecoder } from './decoder.js';
export { gptTokenizer } from './gpt/gpt.js';
export type { GptEncodingName } from './gpt/encodings.js';
export { createTokenizer, tokenizerKinds, type TokenizerKind } from './kinds.js';
export { loadTokenizer } from './load/load.js';
export { encodeWithSpecials, END_OF_TEXT } from './special.js';

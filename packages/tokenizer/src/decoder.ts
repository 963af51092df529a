import type { Tokenizer } from '@sheep/core';
import { assertId } from './ids.js';

/** Turns ids that arrive one by one into text, as in a generation that is shown while it runs. */
export interface StreamDecoder {
  /** The text that this id completes; empty while a character is still missing bytes. */
  push(id: number): string;
  /** What is left at the end: U+FFFD for a character that stayed incomplete. The decoder is then as new. */
  end(): string;
}

/** A tokenizer that decodes a stream in time linear in its length. */
export interface TextDecoding {
  textDecoder(): StreamDecoder;
}

/**
 * A decoder whose increments, put together with what `end` gives, are `tokenizer.decode` of all the ids.
 *
 * It takes constant time an id for this package's own tokenizers. For any other it decodes all ids again for each one,
 * and text that ends in U+FFFD is held back until it is complete.
 */
export function createDecoder(tokenizer: Tokenizer): StreamDecoder {
  return decodesText(tokenizer) ? tokenizer.textDecoder() : repeatedDecoder(tokenizer);
}

function decodesText(tokenizer: Tokenizer): tokenizer is Tokenizer & TextDecoding {
  return 'textDecoder' in tokenizer;
}

function repeatedDecoder(tokenizer: Tokenizer): StreamDecoder {
  let ids: number[] = [];
  let shown = '';
  const advance = (text: string): string => {
    const rest = text.slice(shown.length);
    shown = text;
    return rest;
  };
  return {
    push: (id) => {
      ids.push(id);
      const text = tokenizer.decode(ids).replace(/\uFFFD+$/u, '');
      return text.length > shown.length && text.startsWith(shown) ? advance(text) : '';
    },
    end: () => {
      const rest = ids.length === 0 ? '' : advance(tokenizer.decode(ids));
      ids = [];
      shown = '';
      return rest;
    },
  };
}

/** How tokens become text: what each id stands for, undefined for an id that means nothing. */
export interface TokenTexts {
  /** The tokenizer's, for messages. */
  readonly name: string;
  /** Texts, or byte strings where tokens are bytes. */
  readonly tokens: readonly (string | undefined)[];
}

/**
 * The text of tokens that are characters.
 * @throws SheepError `bad-input` for an id that is out of range.
 */
export function decodeTexts(texts: TokenTexts, ids: ArrayLike<number>): string {
  const units = new Uint16Array(totalLength(texts, ids));
  writeAll(texts, ids, units);
  return new TextDecoder('utf-16le', { ignoreBOM: true }).decode(units);
}

/**
 * The text of tokens that are bytes in UTF-8.
 * @throws SheepError `bad-input` for an id that is out of range.
 */
export function decodeBytes(texts: TokenTexts, ids: ArrayLike<number>): string {
  const bytes = new Uint8Array(totalLength(texts, ids));
  writeAll(texts, ids, bytes);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** A stream decoder over tokens that are bytes: a character may be split among them. */
export function byteStreamDecoder({ name, tokens }: TokenTexts): StreamDecoder {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  let count = 0;
  return {
    push: (id) => {
      assertId(id, count, tokens.length, name);
      count += 1;
      const token = tokens[id] ?? '';
      const bytes = new Uint8Array(token.length);
      write(token, bytes, 0);
      return utf8.decode(bytes, { stream: true });
    },
    end: () => {
      count = 0;
      return utf8.decode();
    },
  };
}

function totalLength({ name, tokens }: TokenTexts, ids: ArrayLike<number>): number {
  let length = 0;
  for (let i = 0; i < ids.length; i += 1) {
    assertId(ids[i], i, tokens.length, name);
    length += tokens[ids[i]]?.length ?? 0;
  }
  return length;
}

function writeAll({ tokens }: TokenTexts, ids: ArrayLike<number>, units: Uint8Array | Uint16Array): void {
  let offset = 0;
  for (let i = 0; i < ids.length; i += 1) offset = write(tokens[ids[i]] ?? '', units, offset);
}

function write(token: string, units: Uint8Array | Uint16Array, offset: number): number {
  for (let i = 0; i < token.length; i += 1) units[offset + i] = token.charCodeAt(i);
  return offset + token.length;
}

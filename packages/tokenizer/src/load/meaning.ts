import { isObject, type JsonObject, type TokenizerLayout } from './layout.js';

/**
 * Whether two `tokenizer.json` mean the same tokenizer: the same ids for any text and the same text for any ids. Only
 * spellings that libraries of different age use for the same thing are taken as equal.
 */
export function sameMeaning(a: TokenizerLayout, b: TokenizerLayout): boolean {
  return same(meaning(a), meaning(b));
}

function meaning({ model, added_tokens: added, ...json }: TokenizerLayout): JsonObject {
  return {
    normalizer: json.normalizer ?? null,
    preTokenizer: preTokenizer(json.pre_tokenizer),
    decoder: isObject(json.decoder) ? json.decoder.type : null,
    specials: added
      .map(({ id, content, special, lstrip, rstrip, single_word: word }) => ({
        id,
        content,
        flags: [special === true, lstrip === true, rstrip === true, word === true],
      }))
      .sort((x, y) => x.id - y.id),
    type: model.type ?? (Array.isArray(model.merges) ? 'BPE' : null),
    vocab: model.vocab,
    merges: Array.isArray(model.merges) ? model.merges.map(mergeText) : null,
    dropout: model.dropout ?? 0,
    prefix: model.continuing_subword_prefix ?? '',
    suffix: model.end_of_word_suffix ?? '',
    flags: [model.byte_fallback === true, model.ignore_merges === true],
  };
}

function mergeText(merge: unknown): unknown {
  return Array.isArray(merge) ? merge.join(' ') : merge;
}

/** Without what only moves offsets, and with what a missing key means. */
function preTokenizer(value: unknown): unknown {
  if (!isObject(value)) return null;
  if (value.type === 'Sequence' && Array.isArray(value.pretokenizers)) return value.pretokenizers.map(preTokenizer);
  if (value.type !== 'ByteLevel') return value;
  return { type: value.type, space: value.add_prefix_space !== false, regex: value.use_regex !== false };
}

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  const [left, right] = [a as JsonObject, b as JsonObject];
  return keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]));
}

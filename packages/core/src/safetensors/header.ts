import { SheepError } from '../errors.js';
import { ARRAY_CLASSES, elementCount, isCount, isDtype, isTensorName, METADATA_KEY } from './dtypes.js';
import type { Dtype, SafetensorsMetadata } from './dtypes.js';
import { describeValue } from '../describe-value.js';
import { objectKeys } from './header-names.js';

/** Where a tensor lies: bytes `start` to `end` of the data section. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** What a header says, checked. */
export interface Header {
  /** In the order of their data. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: SafetensorsMetadata;
}

/** An error of a file that does not follow the format. */
export function badFile(source: string, expected: string, received: string): SheepError {
  const remedy = 'the file is damaged or is not a safetensors file: get it again';
  return new SheepError('bad-file', { doing: `reading ${source}`, expected, received, remedy });
}

/**
 * Reads a header and checks all of it, before anything is taken from the data.
 *
 * @param text the header, of any content.
 * @param dataBytes the size of the data section, which the tensors must cover without gap or overlap.
 * @throws SheepError `bad-file`.
 */
export function parseHeader(text: string, dataBytes: number, source: string): Header {
  const header = parseJson(text, source);
  if (!isRecord(header)) throw badFile(source, 'a header that is a JSON object', describeValue(header));
  refuseNames(text, source);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA_KEY)
    .map(([name, value]) => parseEntry(name, value, source));
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  checkCover(entries, dataBytes, source);
  return { entries, metadata: parseMetadata(header[METADATA_KEY], source) };
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badFile(source, 'a header in JSON', 'text that is not JSON');
  }
}

function refuseNames(text: string, source: string): void {
  for (const keys of objectKeys(text)) {
    const seen = new Set<string>();
    for (const key of keys) {
      if (seen.has(key)) throw badFile(source, 'each name once', `${describeValue(key)} twice`);
      if (key !== METADATA_KEY && !isTensorName(key)) throw badFile(source, 'plain names', describeValue(key));
      seen.add(key);
    }
  }
}

function parseEntry(name: string, value: unknown, source: string): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  const of = `of tensor ${describeValue(name)}`;
  if (!isDtype(dtype)) {
    throw badFile(source, `a type ${of} among ${Object.keys(ARRAY_CLASSES).join(', ')}`, describeValue(dtype));
  }
  const count = Array.isArray(shape) ? elementCount(shape) : undefined;
  if (count === undefined) {
    throw badFile(source, `a shape ${of} of whole numbers from 0 with a product below 2^53`, describeValue(shape));
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw badFile(source, `data_offsets ${of} that are two whole numbers from 0`, describeValue(offsets));
  }
  const [start, end] = offsets;
  const bytes = count * ARRAY_CLASSES[dtype].BYTES_PER_ELEMENT;
  if (end - start !== bytes) {
    throw badFile(source, `data_offsets ${of} ${bytes} bytes apart, as its shape says`, describeValue(offsets));
  }
  return { name, dtype, shape: shape as number[], start, end };
}

function checkCover(entries: readonly TensorEntry[], dataBytes: number, source: string): void {
  let position = 0;
  for (const { name, start, end } of entries) {
    if (start !== position) {
      throw badFile(
        source,
        `tensor ${describeValue(name)} to begin at byte ${position}, where the one before ends`,
        `${start}`,
      );
    }
    position = end;
  }
  if (position !== dataBytes) throw badFile(source, `${position} bytes of tensor data`, `${dataBytes}`);
}

function parseMetadata(value: unknown, source: string): SafetensorsMetadata {
  if (value === undefined) return {};
  if (!isRecord(value)) throw badFile(source, `${METADATA_KEY} that is a JSON object`, describeValue(value));
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw badFile(source, `text for metadata ${describeValue(key)}`, describeValue(text));
  }
  return value as SafetensorsMetadata;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

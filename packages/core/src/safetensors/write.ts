import { SheepError } from '../errors.js';
import { ARRAY_CLASSES, elementCount, isDtype, isTensorName, METADATA_KEY } from './dtypes.js';
import type { SafetensorsMetadata, StoredTensor } from './dtypes.js';

type Named = readonly [name: string, tensor: StoredTensor];

const DTYPE_ORDER = Object.keys(ARRAY_CLASSES);

/**
 * A safetensors file, byte for byte as the reference writer lays it out: by type, then by name.
 *
 * @param metadata pairs of text for the header, in their order; `{ format: 'pt' }` is what `transformers` looks for.
 * @throws SheepError `bad-input` where a shape does not fit its data or a name cannot stand in a file.
 * @see https://huggingface.co/docs/safetensors/index#format
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: SafetensorsMetadata = {},
): Uint8Array<ArrayBuffer> {
  const chunks = [...safetensorsChunks(tensors, metadata)];
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/**
 * The bytes of {@link writeSafetensors} in pieces: the header, then each tensor as a view of its data. A file of any
 * size streams without a second copy; the tensors must stay as they are until the last piece is used.
 *
 * @throws SheepError `bad-input`, before the first piece.
 */
export function* safetensorsChunks(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: SafetensorsMetadata = {},
): Generator<Uint8Array, void, undefined> {
  const named = [...tensors].sort(byTypeThenName);
  yield encodeHeader(named, metadata);
  for (const [, { data }] of named) yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function encodeHeader(named: readonly Named[], metadata: SafetensorsMetadata): Uint8Array {
  const pairs = Object.entries(metadata);
  for (const entry of named) checkTensor(entry);
  for (const [key, value] of pairs) checkMetadata(key, value);
  // Written by hand: an object would put names that look like numbers first.
  const parts = pairs.length === 0 ? [] : [`"${METADATA_KEY}":${JSON.stringify(metadata)}`];
  let offset = 0;
  for (const [name, { dtype, shape, data }] of named) {
    const end = offset + data.byteLength;
    parts.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [offset, end] })}`);
    offset = end;
  }
  const json = new TextEncoder().encode(`{${parts.join(',')}}`);
  const length = Math.ceil(json.byteLength / 8) * 8;
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return header;
}

function checkTensor([name, { dtype, shape, data }]: Named): void {
  checkName(name);
  const of = `of tensor ${JSON.stringify(name)}`;
  if (!isDtype(dtype))
    throw badInput(`a type ${of} among ${DTYPE_ORDER.join(', ')}`, JSON.stringify(dtype), 'convert it');
  if (!(data instanceof ARRAY_CLASSES[dtype])) {
    throw badInput(`data ${of} in a ${ARRAY_CLASSES[dtype].name}`, data.constructor.name, 'convert the data');
  }
  if (elementCount(shape) !== data.length) {
    throw badInput(
      `as many elements ${of} as its shape [${shape.join(', ')}] says`,
      `${data.length}`,
      'correct the shape',
    );
  }
}

function checkMetadata(key: string, value: unknown): void {
  checkName(key);
  if (typeof value !== 'string' || /\p{Surrogate}/u.test(value)) {
    throw badInput(`well-formed text for metadata ${JSON.stringify(key)}`, JSON.stringify(value), 'give text');
  }
}

function checkName(name: string): void {
  if (!isTensorName(name)) {
    throw badInput('a name that can stand in a header', JSON.stringify(name), 'give it another name');
  }
}

function badInput(expected: string, received: string, remedy: string): SheepError {
  return new SheepError('bad-input', { doing: 'writing safetensors', expected, received, remedy });
}

function byTypeThenName([a, { dtype: dtypeA }]: Named, [b, { dtype: dtypeB }]: Named): number {
  return DTYPE_ORDER.indexOf(dtypeA) - DTYPE_ORDER.indexOf(dtypeB) || compareCodePoints(a, b);
}

/** The order of the UTF-8 bytes, which is that of the code points; `<` goes by UTF-16 units and differs above U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a.charCodeAt(i) === b.charCodeAt(i)) i += 1;
  // In the middle of a pair both halves before are equal, so the lower halves order as the code points do.
  return (a.codePointAt(i) ?? -1) - (b.codePointAt(i) ?? -1);
}

import { ARRAY_CLASSES, MAX_HEADER_BYTES, type SafetensorsMetadata, type StoredTensor } from './dtypes.js';
import { badFile, parseHeader, type TensorEntry } from './header.js';

/** What a safetensors file holds. */
export interface Safetensors {
  /** By name, in the order of their data. */
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: SafetensorsMetadata;
}

/**
 * Reads a safetensors file. The bytes may come from anyone: all of the header is checked first.
 *
 * @param bytes the whole file. The tensors are views of it; one is copied only where its data is not aligned to its
 * type, so keep `bytes` as it is while they are in use. Views read as little-endian, as every JavaScript engine does.
 * @param source what to call the file in messages.
 * @throws SheepError `bad-file` where the file does not follow the format.
 * @see https://huggingface.co/docs/safetensors/index#format
 */
export function readSafetensors(bytes: Uint8Array, source = 'safetensors data'): Safetensors {
  const dataStart = dataOffset(bytes, source);
  const text = decodeHeader(bytes.slice(8, dataStart), source);
  const data = bytes.subarray(dataStart);
  const { entries, metadata } = parseHeader(text, data.byteLength, source);
  return { tensors: new Map(entries.map((entry) => [entry.name, view(data, entry)])), metadata };
}

function dataOffset(bytes: Uint8Array, source: string): number {
  if (bytes.byteLength < 8) throw badFile(source, 'at least 8 bytes', `${bytes.byteLength}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) throw badFile(source, `a header of at most ${MAX_HEADER_BYTES} bytes`, `${length}`);
  const end = 8 + Number(length);
  if (end > bytes.byteLength) throw badFile(source, `${end} bytes for the header`, `a file of ${bytes.byteLength}`);
  return end;
}

function decodeHeader(header: Uint8Array, source: string): string {
  if (header[0] !== 0x7b) throw badFile(source, 'a header that begins with {', 'another byte');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
  } catch {
    throw badFile(source, 'a header in UTF-8', 'bytes that are not');
  }
}

function view(data: Uint8Array, { dtype, shape, start, end }: TensorEntry): StoredTensor {
  const ArrayClass = ARRAY_CLASSES[dtype];
  const size = ArrayClass.BYTES_PER_ELEMENT;
  const aligned = (data.byteOffset + start) % size === 0;
  const bytes = aligned ? data.subarray(start, end) : Uint8Array.from(data.subarray(start, end));
  const array = new ArrayClass(bytes.buffer, bytes.byteOffset, (end - start) / size);
  return { dtype, shape, data: array } as StoredTensor;
}

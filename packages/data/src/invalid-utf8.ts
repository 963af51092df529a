/** The bytes that may follow a lead byte: how many, and the bounds of the first of them. */
interface Sequence {
  readonly length: number;
  readonly low: number;
  readonly high: number;
}

/** RFC 3629, section 4: no overlong forms, no surrogates, nothing above U+10FFFF. */
function sequenceOf(lead: number): Sequence | undefined {
  if (lead >= 0xc2 && lead <= 0xdf) return { length: 1, low: 0x80, high: 0xbf };
  if (lead >= 0xe0 && lead <= 0xef)
    return { length: 2, low: lead === 0xe0 ? 0xa0 : 0x80, high: lead === 0xed ? 0x9f : 0xbf };
  if (lead >= 0xf0 && lead <= 0xf4)
    return { length: 3, low: lead === 0xf0 ? 0x90 : 0x80, high: lead === 0xf4 ? 0x8f : 0xbf };
  return undefined;
}

/**
 * Where bytes stop being UTF-8: the offset of the first byte of the first sequence that is not, or undefined.
 * @see RFC 3629
 */
export function invalidUtf8Offset(bytes: Uint8Array): number | undefined {
  let offset = 0;
  while (offset < bytes.length) {
    if (bytes[offset] < 0x80) {
      offset += 1;
      continue;
    }
    const sequence = sequenceOf(bytes[offset]);
    if (sequence === undefined) return offset;
    for (let i = 1; i <= sequence.length; i += 1) {
      const { low, high } = i === 1 ? sequence : { low: 0x80, high: 0xbf };
      const byte = bytes[offset + i];
      if (byte === undefined || byte < low || byte > high) return offset;
    }
    offset += sequence.length + 1;
  }
  return undefined;
}

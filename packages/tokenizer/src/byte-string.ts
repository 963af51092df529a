// A byte string is a JavaScript string with one character a byte, U+0000 to U+00FF: bytes that can be a key of a Map.

const utf8 = new TextEncoder();

/** The UTF-8 bytes of a text as a byte string. */
export function toByteString(text: string): string {
  let byteString = '';
  for (const byte of utf8.encode(text)) byteString += String.fromCharCode(byte);
  return byteString;
}

// GPT-2 writes a byte as the character of that code where it prints, and else as one of U+0100, U+0101, … in turn.
const prints = (byte: number): boolean => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);

const byteCharacters: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    if (prints(byte)) return String.fromCharCode(byte);
    next += 1;
    return String.fromCharCode(next - 1);
  });
})();

/**
 * A byte string in the printable alphabet of byte-level `tokenizer.json` files, as in ` the` → `Ġthe`.
 *
 * @see `bytes_to_unicode` in openai/gpt-2, src/encoder.py.
 */
export function printableBytes(byteString: string): string {
  let text = '';
  for (let i = 0; i < byteString.length; i += 1) text += byteCharacters[byteString.charCodeAt(i)];
  return text;
}

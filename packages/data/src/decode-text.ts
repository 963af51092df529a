import { SheepError } from '@sheep/core';
import { invalidUtf8Offset } from './invalid-utf8.js';

function refuse(name: string, received: string, remedy: string): never {
  throw new SheepError('bad-file', { doing: `reading ${name}`, expected: 'UTF-8 text', received, remedy });
}

/**
 * The text of a file's bytes. A byte order mark at the start is dropped; line ends stay as they are.
 *
 * @param name the file's name, for messages.
 * @throws SheepError `bad-file` for no text at all, for binary data (a zero byte) and for bytes that are not UTF-8, with
 *   the offset.
 */
export function decodeText(name: string, bytes: Uint8Array): string {
  const zero = bytes.indexOf(0);
  if (zero >= 0) refuse(name, `binary data (a zero byte at offset ${zero})`, 'give a text file');
  const offset = invalidUtf8Offset(bytes);
  if (offset !== undefined) {
    const byte = bytes[offset].toString(16).padStart(2, '0');
    refuse(name, `bytes that are not UTF-8 at offset ${offset} (0x${byte})`, 'convert the file to UTF-8');
  }
  const text = new TextDecoder().decode(bytes);
  if (text === '') refuse(name, 'an empty file', 'give a file with text in it, or leave this one out');
  return text;
}

/** What kind of thing went wrong; stable, for programs. The message is for people. */
export type ErrorCode =
  | 'bad-option'
  | 'bad-input'
  | 'bad-file'
  | 'not-found'
  | 'exists'
  | 'in-use'
  | 'mismatch'
  | 'unsupported'
  | 'not-finite'
  | 'unwritable';

/** The four things a person needs to know to go on; each a phrase without a final full stop. */
export interface ErrorParts {
  /** What was being done, as in `reading corpus.txt`. */
  readonly doing: string;
  /** What would have been right, as in `UTF-8 text`. */
  readonly expected: string;
  /** What was there instead, as in `a byte sequence that is not UTF-8 at offset 12`. */
  readonly received: string;
  /** What to do about it, as in `convert the file to UTF-8`. */
  readonly remedy: string;
}

const brand = Symbol.for('@sheep/core/SheepError');

/**
 * The one error class of all @sheep packages.
 * `instanceof SheepError` also holds for an error thrown by another copy of this package.
 */
export class SheepError extends Error {
  override readonly name = 'SheepError';
  readonly code: ErrorCode;
  readonly parts: ErrorParts;

  constructor(code: ErrorCode, parts: ErrorParts, options?: ErrorOptions) {
    super(`${parts.doing}: expected ${parts.expected}, received ${parts.received}; ${parts.remedy}`, options);
    this.code = code;
    this.parts = parts;
    Object.defineProperty(this, brand, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

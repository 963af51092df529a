import type { Writable } from 'node:stream';

/** Where output goes: a stream, perhaps a terminal. */
export type Output = Writable & { readonly isTTY?: boolean };

/** What a command has to do with the world around it. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the process ends with: 0 success, 1 a fault of ours, 2 bad input, 3 numbers that are not finite, 128 + n after signal n. */
  exitCode: number;
}

/** The streams and the environment of this process. */
export function processIo(): Io {
  return { stdout: process.stdout, stderr: process.stderr, env: process.env, exitCode: 0 };
}

/** Whether errors that are not the user's are to be shown with their stack. */
export function isVerbose(argv: readonly string[], { env }: Io): boolean {
  return argv.includes('--verbose') || Boolean(env.DEBUG);
}

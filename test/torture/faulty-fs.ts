import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Is told before each call that would write: its number, counted from 1, and its name. What it throws, the call throws. */
export type BeforeWrite = (number: number, name: string) => void;

type Callable = (...args: unknown[]) => unknown;
type Methods = Record<string, Callable>;

const PROMISED = ['mkdir', 'rename', 'rm', 'symlink', 'open'];
const OF_A_HANDLE = ['writeFile', 'sync'];
const SYNCHRONOUS = ['openSync', 'writeFileSync', 'appendFileSync', 'truncateSync', 'fsyncSync'];

const opensToRead = (name: string, [, flags]: unknown[]): boolean =>
  (name === 'open' || name === 'openSync') && (flags === undefined || flags === 'r');

/**
 * Comes before every call by which this process writes to the disk, in whatever module.
 *
 * @param concerns whether a path is to be counted; what goes to a file descriptor always is, unless the file was opened to read.
 * @returns takes it away again.
 */
export async function plantFault(before: BeforeWrite, concerns: (path: string) => boolean): Promise<() => void> {
  let calls = 0;
  const undo: (() => void)[] = [];
  const counts = (name: string, args: unknown[]): boolean =>
    !opensToRead(name, args) && (typeof args[0] !== 'string' || concerns(args[0]));
  const plant = (owner: Methods, name: string, onlyPaths: boolean, promised: boolean): void => {
    const original = owner[name];
    const check = (args: unknown[]): void => {
      if (!onlyPaths || counts(name, args)) before((calls += 1), name);
    };
    const faulty: Callable = promised
      ? async function (this: unknown, ...args) {
          check(args);
          return original.apply(this, args);
        }
      : function (this: unknown, ...args) {
          check(args);
          return original.apply(this, args);
        };
    owner[name] = faulty;
    undo.push(() => (owner[name] = original));
  };
  const handle = await fs.promises.open(process.execPath);
  const prototype = Object.getPrototypeOf(handle) as Methods;
  await handle.close();
  for (const name of PROMISED) plant(fs.promises as unknown as Methods, name, true, true);
  for (const name of OF_A_HANDLE) plant(prototype, name, false, true);
  for (const name of SYNCHRONOUS) plant(fs as unknown as Methods, name, true, false);
  syncBuiltinESMExports();
  return () => {
    for (const one of undo) one();
    syncBuiltinESMExports();
  };
}

/** An error as the system gives it. */
export function systemError(code: string, message: string, syscall: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${message}, ${syscall}`), { code, syscall });
}

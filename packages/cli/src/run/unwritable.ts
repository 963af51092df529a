import { SheepError } from '@sheep/core';
import { resumeCommand } from './summary.js';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'make room on the disk',
  EDQUOT: 'make room within the quota',
  EROFS: 'make it writable again',
  EACCES: 'make it writable again',
  EPERM: 'make it writable again',
};

/**
 * What to tell where a run could not write: an error of the system, as from a full disk, becomes one that says how to go on.
 * Any other error stays as it is.
 */
export function unwritable(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const parts = {
    doing: `writing the run ${folder}`,
    expected: 'a folder that takes it',
    received: message,
    remedy: `${REMEDIES[code ?? ''] ?? 'see to the disk'}, then go on from the last checkpoint: ${resumeCommand(folder)}`,
  };
  return new SheepError('unwritable', parts, { cause: error });
}

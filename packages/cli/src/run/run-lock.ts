import { existsSync } from 'node:fs';
import { type FolderLock, lockFolder } from '@sheep/core/node';
import { unwritable } from './unwritable.js';

/** What keeps two processes from writing into one run's folder. */
export interface RunLock {
  /** Takes the folder, where there is one and it is not taken yet. @throws SheepError `in-use`. */
  take(): Promise<void>;
  release(): Promise<void>;
}

/** The lock of a run's folder, free so far. */
export function runLock(folder: string, note: (text: string) => void): RunLock {
  let asked = false;
  let lock: FolderLock | undefined;
  return {
    async take() {
      if (asked || !existsSync(folder)) return;
      asked = true;
      lock = await lockFolder(folder).catch((error: unknown) => {
        throw unwritable(error, folder);
      });
      if (lock === undefined) note(`${folder} cannot be locked on its file system: start no other process there`);
    },
    release: async () => lock?.release(),
  };
}

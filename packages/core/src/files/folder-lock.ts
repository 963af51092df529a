import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, realpath, rm, symlink } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { SheepError } from '../errors.js';

/** A folder that is this process's, until it lets go or ends, however it ends. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes a folder for this process. The lock is a listening socket, which the system closes with the process: a kill leaves
 * nothing behind that would refuse the next one.
 *
 * Method: listen on a socket of a fresh name in the folder, and only then look at the others there. One that answers
 * is of a living process; one that does not will never again, since names do not come twice, so it can go. Of two that come
 * at the same time at least one sees the other. Windows has a name for the whole machine instead, which is taken once.
 *
 * @returns undefined where the file system holds no sockets.
 * @throws SheepError `in-use` where another process, or another part of this one, has the folder.
 */
export async function lockFolder(folder: string): Promise<FolderLock | undefined> {
  if (process.platform === 'win32') return lockName(folder);
  const shortcut = await shortFolder(resolve(folder));
  try {
    return await lockSocket(resolve(folder), shortcut.folder);
  } finally {
    await shortcut.remove();
  }
}

async function lockSocket(folder: string, shortened: string): Promise<FolderLock | undefined> {
  const name = `.lock-${randomBytes(8).toString('hex')}`;
  const server = await listen(join(shortened, name));
  if (server === undefined) return undefined;
  const release = async (): Promise<void> => {
    await close(server);
    await rm(join(folder, name), { force: true }).catch(() => undefined);
  };
  for (const other of await readdir(folder)) {
    if (other === name || !/^\.lock-[0-9a-f]{16}$/.test(other)) continue;
    if (await answers(join(shortened, other))) {
      await release();
      throw inUse(folder);
    }
    await rm(join(folder, other), { force: true });
  }
  return { release };
}

async function lockName(folder: string): Promise<FolderLock> {
  const hash = createHash('sha256')
    .update((await realpath(folder)).toLowerCase())
    .digest('hex');
  try {
    const server = await listen(String.raw`\\.\pipe\sheep-${hash}`);
    return { release: () => close(server!) };
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? inUse(folder) : error;
  }
}

// What a system says where a file system has no sockets: FAT, some shares of a virtual machine.
const NO_SOCKETS = new Set(['EOPNOTSUPP', 'ENOTSUP', 'EPERM', 'EINVAL', 'ENOSYS']);

async function listen(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy()).unref();
  try {
    await once(server.listen(path), 'listening');
    return server;
  } catch (error) {
    if (NO_SOCKETS.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

async function close(server: Server): Promise<void> {
  await once(server.close(), 'close');
}

const NOBODY = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']);

/** Whether a living process listens: anything but that nobody does is taken as yes, as is a user's that we may not talk to. */
async function answers(path: string): Promise<boolean> {
  const socket = createConnection(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    return !NOBODY.has((error as NodeJS.ErrnoException).code ?? '');
  } finally {
    socket.destroy();
  }
}

// A socket's path has at most 103 bytes on macOS and 107 on Linux, and 22 of them are the name.
const LONGEST_FOLDER = 80;

/** The folder by a path that is short enough, through a link that is needed only while a socket is opened. */
async function shortFolder(folder: string): Promise<{ folder: string; remove(): Promise<void> }> {
  if (Buffer.byteLength(folder) <= LONGEST_FOLDER) return { folder, remove: async () => undefined };
  const link = join(await mkdtemp(join(tmpdir(), 'sheep-')), 'f');
  await symlink(folder, link);
  return { folder: link, remove: () => rm(dirname(link), { recursive: true, force: true }) };
}

function inUse(folder: string): SheepError {
  return new SheepError('in-use', {
    doing: `taking the folder ${folder}`,
    expected: 'no other process that writes there',
    received: 'one that is alive',
    remedy: 'wait until it is done, stop it, or use another folder',
  });
}

export { removeFolderAtomic, removeLeftovers, writeFileAtomic, writeFolderAtomic } from './files/atomic.js';
export { lockFolder, type FolderLock } from './files/folder-lock.js';
export { readFileUpTo, readFileUpToSync } from './files/read-file-up-to.js';
export type { FileContent } from './files/content.js';
export { sha256, verifyManifest } from './files/manifest.js';

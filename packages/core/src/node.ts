export { removeLeftovers, writeFileAtomic, writeFolderAtomic } from './files/atomic.js';
export type { FileContent } from './files/content.js';
export { sha256, verifyManifest } from './files/manifest.js';

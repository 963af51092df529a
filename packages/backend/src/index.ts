export type { BackendOptions, OpenedBackend } from './opened-backend.js';
export { backendNames, useBackend, type BackendInUse, type BackendName } from './use-backend.js';

export {
  backendNames,
  useBackend,
  type BackendInUse,
  type BackendName,
  type BackendOptions,
  type OpenedBackend,
} from './use-backend.js';

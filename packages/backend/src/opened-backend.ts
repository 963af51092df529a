/** How a backend is opened. */
export interface BackendOptions {
  /** Where a browser finds tfjs-backend-wasm's `.wasm` files: a URL that ends in a slash. Node finds them itself. */
  readonly wasmPath?: string;
  /** `wasm`: threads that compute, the calling one among them; one a core unless given. The bits do not depend on it. */
  readonly threads?: number;
}

/** What one backend's folder tells of it. */
export interface OpenedBackend {
  /** tfjs's name, for `setBackend` and kernels. */
  readonly tfjsName: string;
  /** What computes, with its version: recorded in checkpoints, since bits depend on it. */
  readonly build: string;
  /** Threads that compute, where the backend has any of its own. */
  readonly threads?: number;
}

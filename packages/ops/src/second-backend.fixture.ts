import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { copyRegisteredKernels, findBackend, registerBackend, setBackend } from '@tensorflow/tfjs-core';

/** The name of a second backend for tests: plain JavaScript too, with a registry of kernels of its own. */
export const SECOND = 'second';

// A first write in Node prints a banner.
function silence(backend: unknown): MathBackendCPU {
  (backend as { firstUse: boolean }).firstUse = false;
  return backend as MathBackendCPU;
}

/** Makes the second backend and takes `cpu` into use. Called before any op of this package runs. */
export async function openBackends(): Promise<void> {
  registerBackend(SECOND, () => silence(new MathBackendCPU()));
  copyRegisteredKernels('cpu', SECOND);
  await setBackend(SECOND);
  await setBackend('cpu');
  silence(findBackend('cpu'));
}

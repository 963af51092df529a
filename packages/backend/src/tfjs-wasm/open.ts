import { attentionBlockForms, attentionBlockOp, attentionForms, attentionOp, registerOpKernels } from '@sheep/ops';
import { env, setBackend } from '@tensorflow/tfjs-core';
import type { BackendOptions, OpenedBackend } from '../opened-backend.js';
import { batchedProduct } from './batched-product.js';
import { registerMissingKernels } from './missing-kernels.js';
import { withoutProcessListeners } from './process-listeners.js';

/** Opens stock tfjs-backend-wasm, with the kernel that training lacks there. */
export async function openTfjsWasm({ wasmPath }: BackendOptions): Promise<OpenedBackend> {
  const { setWasmPaths, version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm');
  if (wasmPath !== undefined) setWasmPaths(wasmPath);
  registerMissingKernels();
  registerOpKernels(attentionOp, 'wasm', attentionForms(batchedProduct));
  registerOpKernels(attentionBlockOp, 'wasm', attentionBlockForms(batchedProduct));
  await withoutProcessListeners(() => setBackend('wasm'));
  const simd = await env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return { tfjsName: 'wasm', build: `tfjs-backend-wasm ${version} ${simd ? 'simd' : 'plain'}` };
}

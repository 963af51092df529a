import type { GradTree, ParamTree } from '../contracts/model.js';
import type { StoredTensor } from '../safetensors/dtypes.js';
import { writeSafetensors } from '../safetensors/write.js';

/**
 * A tree as the bytes of a safetensors file, under the tree's own names, which `transformers` opens as well.
 * Reads the device; the tensors stay the caller's.
 */
export async function treeToSafetensors(tree: ParamTree | GradTree): Promise<Uint8Array> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of Object.entries(tree)) {
    tensors.set(name, { dtype: 'F32', shape: tensor.shape, data: (await tensor.data()) as Float32Array });
  }
  return writeSafetensors(tensors, { format: 'pt' });
}

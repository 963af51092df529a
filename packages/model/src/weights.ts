import {
  readSafetensors,
  SheepError,
  toFloat32,
  writeSafetensors,
  type HalfDtype,
  type HalfTensor,
  type ParamTree,
  type Safetensors,
  type StoredTensor,
} from '@sheep/core';
import { decodeHalves, encodeHalves } from '@sheep/ops';
import { tidy, variable, type Variable } from '@tensorflow/tfjs-core';
import type { GptConfig } from './config.js';
import { parameter, parameterSpecs, type ParameterSpec } from './parameters.js';

function mismatch(source: string, expected: string, received: string): SheepError {
  return new SheepError('mismatch', {
    doing: `reading the weights in ${source}`,
    expected,
    received,
    remedy: 'give the weights that belong to this config.json',
  });
}

// The first published GPT-2 files lack the prefix, and some files also hold the head that is tied to the embedding.
const PREFIX = 'transformer.';
const isKnownExtra = (name: string): boolean => name === 'lm_head.weight' || /\.attn\.(bias|masked_bias)$/.test(name);

function storedAs(file: Safetensors, name: string): string | undefined {
  return [name, name.slice(PREFIX.length)].find((candidate) => file.tensors.has(candidate));
}

function findParameter(file: Safetensors, { name, shape }: ParameterSpec, source: string) {
  const stored = storedAs(file, name);
  if (stored === undefined) throw mismatch(source, `a tensor ${name}`, 'none of that name');
  const tensor = file.tensors.get(stored)!;
  if (tensor.shape.join() !== shape.join()) {
    throw mismatch(source, `${name} of shape [${shape.join(', ')}]`, `[${tensor.shape.join(', ')}]`);
  }
  return [name, tensor] as const;
}

/** Values of 16 bits go to the device as they are, and become float32 there. */
function storedParameter(stored: StoredTensor): Variable {
  if (stored.dtype !== 'F16' && stored.dtype !== 'BF16') return parameter(toFloat32(stored), stored.shape);
  return tidy(() => variable(decodeHalves(stored)));
}

/**
 * The parameters of a GPT-2 from the bytes of `model.safetensors`. The caller owns them.
 *
 * @param source what to call the file in messages.
 * @throws SheepError `bad-file` for damaged bytes, `mismatch` where names or shapes are not the config's.
 */
export function loadWeights(config: GptConfig, bytes: Uint8Array, source = 'model.safetensors'): ParamTree {
  const file = readSafetensors(bytes, source);
  // Before anything is made for each layer: a config's number of layers may be anything.
  if (config.layerCount > file.tensors.size) {
    throw mismatch(source, `the tensors of ${config.layerCount} layers`, `${file.tensors.size} tensors in all`);
  }
  const found = parameterSpecs(config).map((spec) => findParameter(file, spec, source));
  const known = new Set(found.flatMap(([name]) => [name, name.slice(PREFIX.length)]));
  const extra = [...file.tensors.keys()].find((name) => !known.has(name) && !isKnownExtra(name));
  if (extra !== undefined) throw mismatch(source, 'only the tensors of this model', `also ${extra}`);
  return Object.fromEntries(found.map(([name, tensor]) => [name, storedParameter(tensor)]));
}

/**
 * The bytes of a `model.safetensors` that takes half the space: parameters rounded to 16 bits, as `transformers` stores a
 * model of that type. For a model that is done: training goes on to the same bits only from the float32 of
 * `treeToSafetensors`. An F16 is infinite from 65,520 on; a BF16 has the range of float32 and 8 bits of precision, F16 11.
 */
export async function toHalfWeights(params: ParamTree, dtype: HalfDtype): Promise<Uint8Array> {
  const tensors = new Map<string, HalfTensor>();
  for (const [name, param] of Object.entries(params)) tensors.set(name, await encodeHalves(param, dtype));
  return writeSafetensors(tensors, { format: 'pt' });
}

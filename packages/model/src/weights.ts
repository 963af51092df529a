import { readSafetensors, SheepError, toFloat32, type ParamTree, type Safetensors } from '@sheep/core';
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

function readParameter(file: Safetensors, { name, shape }: ParameterSpec, source: string) {
  const stored = storedAs(file, name);
  if (stored === undefined) throw mismatch(source, `a tensor ${name}`, 'none of that name');
  const tensor = file.tensors.get(stored)!;
  if (tensor.shape.join() !== shape.join()) {
    throw mismatch(source, `${name} of shape [${shape.join(', ')}]`, `[${tensor.shape.join(', ')}]`);
  }
  return { name, shape, values: toFloat32(tensor) };
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
  const read = parameterSpecs(config).map((spec) => readParameter(file, spec, source));
  const known = new Set(read.flatMap(({ name }) => [name, name.slice(PREFIX.length)]));
  const extra = [...file.tensors.keys()].find((name) => !known.has(name) && !isKnownExtra(name));
  if (extra !== undefined) throw mismatch(source, 'only the tensors of this model', `also ${extra}`);
  return Object.fromEntries(read.map(({ name, shape, values }) => [name, parameter(values, shape)]));
}

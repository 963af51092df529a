import {
  readSafetensors,
  SheepError,
  toFloat32,
  writeSafetensors,
  type ErrorCode,
  type ParamTree,
  type StoredTensor,
} from '@sheep/core';
import type { GptConfig } from './config.js';
import { adaptedNames, loraShapes, type LoraSizes } from './lora.js';
import type { NamedShape } from './parameters.js';
import { parameter, parameterSpecs } from './parameters.js';

/** An adapter as a file holds it. */
export interface LoraAdapter extends LoraSizes {
  /** The factors, under the names that `lora` gives them; the caller owns them. */
  readonly params: ParamTree;
}

// PEFT wraps the model, and names each factor after the layer, not after its weight.
const PREFIX = 'base_model.model.';
const FACTOR = /^base_model\.model\.(.+)\.(lora_[AB])\.weight$/;
const WEIGHT = '.weight';
/** GPT-2's layers of the class Conv1D; its embeddings have another kind of adapter in PEFT. */
const LAYER = /^transformer\.h\.\d+\.(?:attn|mlp)\.c_\w+$/;

function wrong(code: ErrorCode, source: string, expected: string, received: string): SheepError {
  const remedy = "give a LoRA adapter of this model's attn and mlp layers";
  return new SheepError(code, { doing: `reading ${source}`, expected, received, remedy });
}

const unsupported = (source: string, expected: string, received: string): SheepError =>
  wrong('unsupported', source, expected, received);

/**
 * The modules that PEFT is to adapt, for names of weights.
 *
 * @throws SheepError `unsupported` for a matrix that is no layer's, as the embeddings.
 */
export function peftModules(names: readonly string[]): string[] {
  const modules = names.map((name) => name.slice(0, -WEIGHT.length));
  const other = names.find((name, i) => !name.endsWith(WEIGHT) || !LAYER.test(modules[i]));
  if (other === undefined) return modules;
  throw new SheepError('unsupported', {
    doing: 'naming the layers of an adapter',
    expected: 'weights of attn and mlp layers, as transformer.h.0.attn.c_attn.weight',
    received: other,
    remedy: 'choose targets as *.attn.c_attn.weight or *.mlp.*.weight',
  });
}

/**
 * The content of `adapter_config.json` with which Hugging Face's `peft` opens an adapter of a GPT-2.
 *
 * @param names the weights that are adapted.
 * @throws SheepError `unsupported` as {@link peftModules} does.
 */
export function toPeftConfig(names: readonly string[], { rank, alpha }: LoraSizes): Record<string, unknown> {
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: null,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: 0,
    bias: 'none',
    // GPT-2's weights are (in, out), the transpose of what PEFT expects.
    fan_in_fan_out: true,
    target_modules: peftModules(names),
    inference_mode: true,
  };
}

/** The bytes of `adapter_model.safetensors`: the factors in a tree, as PEFT names them. Reads the device. */
export async function toPeftWeights(params: ParamTree): Promise<Uint8Array> {
  const tensors = new Map<string, StoredTensor>();
  for (const name of adaptedNames(params)) {
    for (const factor of ['lora_A', 'lora_B']) {
      const tensor = params[`${name}.${factor}`];
      const key = `${PREFIX}${name.slice(0, -WEIGHT.length)}.${factor}${WEIGHT}`;
      tensors.set(key, { dtype: 'F32', shape: tensor.shape, data: await tensor.data<'float32'>() });
    }
  }
  return writeSafetensors(tensors, { format: 'pt' });
}

const isUnset = (value: unknown): boolean => !value || (typeof value === 'object' && Object.keys(value).length === 0);

/** Settings of PEFT that compute something else. */
const OTHERS = [
  'use_dora',
  'use_rslora',
  'use_qalora',
  'use_bdlora',
  'lora_bias',
  'rank_pattern',
  'alpha_pattern',
  'modules_to_save',
  'layer_replication',
];

function sizesOf(json: unknown, source: string): LoraSizes {
  const fields = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const { peft_type: type, bias = 'none', r: rank, lora_alpha: alpha } = fields;
  if (type !== 'LORA') throw unsupported(source, 'peft_type "LORA"', JSON.stringify(type) ?? 'nothing');
  if (bias !== 'none') throw unsupported(source, 'bias "none"', JSON.stringify(bias));
  const other = OTHERS.find((name) => !isUnset(fields[name]));
  if (other !== undefined) throw unsupported(source, `no ${other}`, JSON.stringify(fields[other]));
  if (typeof rank === 'number' && typeof alpha === 'number' && rank >= 1 && alpha > 0) return { rank, alpha };
  throw unsupported(source, 'numbers r and lora_alpha', `${JSON.stringify(rank)} and ${JSON.stringify(alpha)}`);
}

function factorOf([key, stored]: [string, StoredTensor], source: string): [name: string, stored: StoredTensor] {
  const [, module, factor] = FACTOR.exec(key) ?? [];
  if (module === undefined || !LAYER.test(module)) throw unsupported(source, "only factors of GPT-2's layers", key);
  return [`${module}${WEIGHT}.${factor}`, stored];
}

function checkShape({ name, shape }: NamedShape, stored: StoredTensor | undefined, source: string): void {
  if (stored === undefined) throw wrong('mismatch', source, name, 'none of that name');
  if (stored.shape.join() === shape.join()) return;
  throw wrong('mismatch', source, `${name} of shape [${shape.join(', ')}]`, `[${stored.shape.join(', ')}]`);
}

/**
 * Reads an adapter that `peft` or this package wrote.
 *
 * @param config the base model's.
 * @param json the content of `adapter_config.json`.
 * @param bytes of `adapter_model.safetensors`.
 * @param source what to call the adapter in messages.
 * @throws SheepError `unsupported` for what is no plain LoRA of GPT-2's layers, `mismatch` where it is another model's,
 *   `bad-file` for damaged bytes.
 */
export function fromPeft(config: GptConfig, json: unknown, bytes: Uint8Array, source = 'an adapter'): LoraAdapter {
  const sizes = sizesOf(json, source);
  const stored = new Map([...readSafetensors(bytes, source).tensors].map((entry) => factorOf(entry, source)));
  const known = new Set(parameterSpecs(config).map(({ name }) => name));
  const base = [...stored.keys()].map((name) => name.slice(0, -'.lora_A'.length));
  const other = base.find((name) => !known.has(name));
  if (other !== undefined) throw wrong('mismatch', source, 'only layers of the model', other);
  const shapes = loraShapes(parameterSpecs(config), { ...sizes, targets: (name) => base.includes(name) });
  for (const shape of shapes) checkShape(shape, stored.get(shape.name), source);
  const entries = shapes.map(({ name, shape }) => [name, parameter(toFloat32(stored.get(name)!), shape)] as const);
  return { ...sizes, params: Object.fromEntries(entries) };
}

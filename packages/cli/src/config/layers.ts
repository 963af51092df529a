import { sizeKeys } from './schema.js';
import type { KeyPath } from './json-schema.js';

/** A plain object of a configuration, not checked yet. */
export type Values = { readonly [key: string]: unknown };

/** Values from one place. A later layer replaces an earlier one's value by value. */
export interface Layer {
  /** Where the values are from, as a message names it: a file's path or an option. */
  readonly origin: string;
  readonly values: Values;
  /** Whether it is from the command line, where a preset replaces all sizes of the file. */
  readonly commandLine: boolean;
}

/** Whether a value is a group of keys. */
export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path, undefined where there is none. */
export function valueAt(values: Values, path: readonly PropertyKey[]): unknown {
  let value: unknown = values;
  for (const key of path) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  }
  return value;
}

/** A group that holds one value. */
export function valuesOf(path: KeyPath, value: unknown): Values {
  return path.reduceRight<unknown>((inner, key) => Object.fromEntries([[key, inner]]), value) as Values;
}

function mergeTwo(below: Values, above: Values): Values {
  const merged = new Map(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    const old = merged.get(key);
    merged.set(key, isValues(old) && isValues(value) ? mergeTwo(old, value) : value);
  }
  return Object.fromEntries(merged);
}

function withoutSizes(values: Values): Values {
  if (!isValues(values.model)) return values;
  const kept = Object.entries(values.model).filter(([key]) => !(sizeKeys as readonly string[]).includes(key));
  return { ...values, model: Object.fromEntries(kept) };
}

/** One group from all layers, the first being the lowest. */
export function mergeLayers(layers: readonly Layer[]): Values {
  const presetGiven = layers.some(
    ({ commandLine, values }) => commandLine && valueAt(values, ['model', 'preset']) !== undefined,
  );
  return layers.reduce<Values>((merged, { commandLine, values }) => {
    return mergeTwo(merged, presetGiven && !commandLine ? withoutSizes(values) : values);
  }, {});
}

import { z } from 'zod';
import { configSchema } from './schema.js';

/** The part of a JSON schema that the command line reads. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  /** What a list holds. */
  readonly items?: SchemaNode;
}

/** A key of the configuration, from the top: `['train', 'batchSize']`. */
export type KeyPath = readonly string[];

let made: SchemaNode | undefined;

/** The JSON schema of a configuration file, for editors, help and messages. */
export function configJsonSchema(): SchemaNode {
  const title = { title: 'Configuration of a @sheep training run' };
  return (made ??= { ...z.toJSONSchema(configSchema, { io: 'input' }), ...title } as SchemaNode);
}

/** The keys of a group, also of one that may be null. */
const propertiesOf = (node: SchemaNode | undefined): SchemaNode['properties'] =>
  node?.properties ?? node?.anyOf?.find(({ properties }) => properties)?.properties;

/** The schema of a key or group, undefined where there is none of that name. */
export function schemaAt(path: KeyPath): SchemaNode | undefined {
  let node: SchemaNode | undefined = configJsonSchema();
  for (const key of path) {
    const properties = propertiesOf(node);
    if (node?.items && /^\d+$/.test(key)) node = node.items;
    else node = properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
  }
  return node;
}

/** Every key that holds a value, in the order of the schema. */
export function keyPaths(under: KeyPath = []): KeyPath[] {
  const properties = propertiesOf(schemaAt(under));
  if (properties === undefined) return [under];
  return Object.keys(properties).flatMap((key) => keyPaths([...under, key]));
}

import { keyPaths, schemaAt, type SchemaNode } from './json-schema.js';

function kindOf({ type, enum: values, anyOf }: SchemaNode): string {
  if (values !== undefined) return values.join(' | ');
  if (anyOf !== undefined) return anyOf.map(kindOf).join(' | ');
  return type === 'array' ? 'list' : (type ?? '');
}

/** Every key of the configuration with kind, default and meaning, for `--help`: two lines a key. */
export function keysHelp(): string {
  const lines = keyPaths().map((path) => {
    const node = schemaAt(path) ?? {};
    const fallback = node.default === undefined ? '' : `, default ${JSON.stringify(node.default)}`;
    return `  ${path.join('.')}  (${kindOf(node)}${fallback})\n      ${node.description ?? ''}`;
  });
  return ['Keys of the configuration file, and of --set:', ...lines].join('\n');
}

import { readFile, stat } from 'node:fs/promises';
import { SheepError } from '@sheep/core';
import { Lexer, parseDocument, Parser } from 'yaml';
import { unknownKey } from './explain.js';
import { schemaAt } from './json-schema.js';
import { isValues, type Layer, valuesOf } from './layers.js';

const LARGEST_FILE = 1 << 20;
// A configuration has five levels, and a mapping beside each.
const DEEPEST = 64;

function badFile(path: string, received: string, cause?: unknown): SheepError {
  const parts = {
    doing: `reading ${path}`,
    expected: 'a YAML file of configuration keys',
    received,
    remedy: 'correct it',
  };
  return new SheepError('bad-file', parts, { cause });
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size <= LARGEST_FILE) return await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const received = code === 'ENOENT' ? 'nothing there' : `${code}`;
    const parts = { doing: `reading ${path}`, expected: 'a configuration file', received, remedy: 'check the path' };
    throw new SheepError('not-found', parts, { cause });
  }
  throw badFile(path, `more than ${LARGEST_FILE} bytes`);
}

/** Reading what nests deeper than the stack may end the process: the regular expressions of V8 have no error for it. */
function checkDepth(text: string, refuse: (received: string) => SheepError): void {
  const parser = new Parser();
  for (const source of new Lexer().lex(text)) {
    // The parser advances as it is iterated; its own stack is a list.
    Array.from(parser.next(source));
    if (parser.stack.length > DEEPEST) throw refuse(`more than ${DEEPEST} levels of nesting`);
  }
}

/** @throws SheepError `bad-option` or `bad-file` with the first error and its line. */
function parseYaml(text: string, refuse: (received: string) => SheepError): unknown {
  checkDepth(text, refuse);
  try {
    const document = parseDocument(text, { prettyErrors: true, version: '1.2' });
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS({ maxAliasCount: 10 }) as unknown;
  } catch (cause) {
    throw refuse((cause instanceof Error ? cause.message : String(cause)).split('\n')[0].replace(/:$/, ''));
  }
}

/**
 * Reads a configuration file. What its keys hold is not checked here.
 *
 * @throws SheepError `not-found`, or `bad-file` where it is no YAML mapping.
 */
export async function readConfigFile(path: string): Promise<Layer> {
  const values = parseYaml(await readText(path), (received) => badFile(path, received)) ?? {};
  if (!isValues(values)) throw badFile(path, Array.isArray(values) ? 'a list' : `a ${typeof values}`);
  return { origin: path, values, commandLine: false };
}

/**
 * The value that an option gives a key: read as YAML, so that numbers, lists and null can be written.
 *
 * @param origin the option, for messages.
 * @throws SheepError `bad-option` for an unknown key or a text that is no YAML.
 */
export function keyLayer(origin: string, key: string, text: string): Layer {
  const path = key.split('.');
  for (const [depth, part] of path.entries()) {
    if (schemaAt(path.slice(0, depth + 1)) === undefined) throw unknownKey(origin, path.slice(0, depth), part);
  }
  const value = parseYaml(text, (received) => {
    const parts = { doing: `reading ${origin}`, expected: 'a value as YAML', received, remedy: 'quote it' };
    return new SheepError('bad-option', parts);
  });
  return { origin, values: valuesOf(path, value), commandLine: true };
}

/** @throws SheepError `bad-option` where the text of `--set` is not `key.path=value`, or the key is unknown. */
export function setLayer(text: string): Layer {
  const border = text.indexOf('=');
  if (border > 0) return keyLayer(`--set ${text}`, text.slice(0, border).trim(), text.slice(border + 1));
  throw new SheepError('bad-option', {
    doing: 'reading --set',
    expected: 'key.path=value',
    received: `'${text}'`,
    remedy: 'write it as in --set train.batchSize=8',
  });
}

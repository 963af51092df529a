import { SheepError } from '@sheep/core';
import type { z } from 'zod';
import { nearest } from '../nearest.js';
import { keyPaths, type KeyPath, schemaAt } from './json-schema.js';
import { type Layer, valueAt, type Values } from './layers.js';

type Issue = z.core.$ZodIssue;

const TYPES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
};

const LONGEST_SHOWN = 60;

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function bound(issue: { origin: string; inclusive?: boolean }, limit: string, strictly: string): string {
  if (issue.origin === 'array') return `a list of ${limit} values`;
  if (issue.origin === 'string') return `text of ${limit} characters`;
  return issue.inclusive === false ? `a number ${strictly}` : `a number of ${limit}`;
}

function expectedOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return `one of ${issue.values.join(', ')}`;
    case 'too_small':
      return bound(issue, `at least ${issue.minimum}`, `above ${issue.minimum}`);
    case 'too_big':
      return bound(issue, `at most ${issue.maximum}`, `below ${issue.maximum}`);
    default:
      return issue.message;
  }
}

/** The known key that was most likely meant: of the same group first, then of any. */
function meantKey(group: KeyPath, key: string): string | undefined {
  const siblings = Object.keys(schemaAt(group)?.properties ?? {});
  const sibling = nearest(key, siblings);
  if (sibling !== undefined) return [...group, sibling].join('.');
  const paths = keyPaths();
  const leaf = nearest(
    key,
    paths.map((path) => path[path.length - 1]),
  );
  return paths.find((path) => path[path.length - 1] === leaf)?.join('.');
}

/** The error for a key that the configuration does not have. */
export function unknownKey(origin: string, group: KeyPath, key: string): SheepError {
  const meant = meantKey(group, key);
  const siblings = Object.keys(schemaAt(group)?.properties ?? {});
  return new SheepError('bad-option', {
    doing: `reading ${origin}`,
    expected: meant === undefined ? `one of the keys ${siblings.join(', ')}` : 'a known key',
    received: `'${[...group, key].join('.')}'`,
    remedy: meant === undefined ? "see 'sheep train --help' for all keys" : `did you mean '${meant}'?`,
  });
}

function originOf(layers: readonly Layer[], path: readonly PropertyKey[]): string {
  const from = layers.findLast(({ values }) => valueAt(values, path) !== undefined);
  return from?.origin ?? 'the configuration';
}

function remedyOf(issue: Issue, value: unknown): string {
  const meant =
    issue.code === 'invalid_value' && typeof value === 'string' ? nearest(value, issue.values.map(String)) : undefined;
  return meant === undefined ? 'give such a value' : `did you mean '${meant}'?`;
}

/** What is wrong first with merged layers, as one line that names the key and where its value is from. */
export function explain(issue: Issue, layers: readonly Layer[], merged: Values): SheepError {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return unknownKey(originOf(layers, [...path, issue.keys[0]]), path.map(String), issue.keys[0]);
  }
  const value = valueAt(merged, path);
  return new SheepError('bad-option', {
    doing: `reading ${originOf(layers, path)}`,
    expected: `${path.length === 0 ? 'the configuration' : path.join('.')} to be ${expectedOf(issue)}`,
    received: show(value),
    remedy: remedyOf(issue, value),
  });
}

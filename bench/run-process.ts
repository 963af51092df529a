import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The command that runs a TypeScript file of this folder from the sources. */
export const nodeCommand = (script: string, ...args: readonly string[]): readonly string[] => [
  process.execPath,
  '--conditions=@sheep/source',
  '--import',
  'tsx',
  `bench/${script}`,
  ...args,
];

/** Why a process printed nothing. */
export interface Skipped {
  readonly skipped: string;
}

/** What a process prints as JSON, or a {@link Skipped}: each contender has a process of its own. */
export function runProcess([program, ...args]: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout);
  return { skipped: stderr?.trim().split('\n').at(-1) || `${program} did not start` } satisfies Skipped;
}

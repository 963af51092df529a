import { spawnSync } from 'node:child_process';

/** Runs a module in a Node of its own, from the sources. */
export function runScript(code: string): { status: number | null; stdout: string; stderr: string } {
  const given = ['--conditions=@sheep/source', '--import', 'tsx', '--input-type=module', '--eval', code];
  const { status, stdout, stderr } = spawnSync(process.execPath, given, {
    cwd: new URL('..', import.meta.url),
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return { status, stdout, stderr };
}

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach } from 'vitest';
import type { Io } from '../src/io.js';
import { main } from '../src/main.js';

/** What a command left on its streams. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function collector() {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}

/** Runs the command line in this process, with streams of its own. */
export async function runMain(...argv: string[]): Promise<Outcome> {
  const [out, err] = [collector(), collector()];
  const io: Io = { stdout: out.stream, stderr: err.stream, env: {}, exitCode: 0 };
  const code = await main(argv, io);
  return { code, stdout: out.text(), stderr: err.text() };
}

/** Each test of the file runs in an empty folder of its own, as the current one. */
export function inEmptyFolder(): void {
  const before = process.cwd();
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sheep-cli-'));
    process.chdir(folder);
  });
  afterEach(async () => {
    process.chdir(before);
    await rm(folder, { recursive: true, force: true });
  });
}

/** The folder of a run's newest checkpoint. */
export async function lastCheckpoint(run: string): Promise<string> {
  const pointer = await readFile(join(run, 'checkpoints', 'last.json'), 'utf8');
  return join(run, 'checkpoints', (JSON.parse(pointer) as { checkpoint: string }).checkpoint);
}

/** A configuration whose run takes a second: the text is book.txt. */
export const TINY_CONFIG = `
name: tiny
backend: wasm
threads: 1
data: { paths: [book.txt] }
model: { contextLength: 16, layerCount: 2, headCount: 2, embeddingSize: 16, dropout: 0.1 }
train:
  batchSize: 4
  maxSteps: 30
  schedule: { warmupSteps: 3 }
  evalEvery: 12
  checkpointEvery: 12
  sampleEvery: 15
  sampleTokens: 8
`;

import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { backendNames } from '@sheep/backend';
import { SheepError, treeToSafetensors } from '@sheep/core';
import { writeFolderAtomic } from '@sheep/core/node';
import type { Io } from '../io.js';
import { modelFiles } from '../run/model-files.js';
import { openBackend } from '../run/open-backend.js';
import { modelFolder, openModel } from '../run/open-model.js';
import { wholeNumber } from './options.js';

type Files = readonly (readonly [name: string, content: string | Uint8Array])[];

async function mergedFiles(checkpoint: string, note: (text: string) => void): Promise<Files> {
  const { model, params, tokenizer } = await openModel(checkpoint, note);
  return Object.entries({
    ...modelFiles(model.config, tokenizer),
    'model.safetensors': await treeToSafetensors(params),
  });
}

async function adapterFiles(checkpoint: string, note: (text: string) => void): Promise<Files> {
  const folder = await modelFolder(checkpoint, note);
  const names = ['adapter_config.json', 'adapter_model.safetensors'];
  const missing = names.find((name) => !existsSync(join(folder, name)));
  if (missing === undefined) {
    return Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const));
  }
  throw new SheepError('not-found', {
    doing: `exporting the adapter of ${folder}`,
    expected: missing,
    received: 'none',
    remedy: 'leave --adapter out, or give a run that trained one by train.lora',
  });
}

/** `sheep export`: a model, or a LoRA adapter, as a folder that Hugging Face's libraries open. */
export function exportCommand(io: Io) {
  return new Command('export')
    .description('Write a model as a Hugging Face folder; a LoRA adapter is merged into its weights.')
    .requiredOption('--checkpoint <dir>', "a run's folder, a checkpoint or a Hugging Face folder")
    .requiredOption('--out <dir>', 'the folder to make')
    .option('--adapter', 'only the LoRA adapter, as PEFT opens it')
    .option('--backend <name>', `auto, ${backendNames.join(', ')}`, 'auto')
    .option('--threads <n>', 'threads of the backends cpu and wasm; one a core unless given', wholeNumber(1))
    .action(async ({ checkpoint, out, adapter, backend, threads }) => {
      const note = (text: string) => void io.stderr.write(`${text}\n`);
      await openBackend({ backend, threads }, note);
      const files = await (adapter ? adapterFiles : mergedFiles)(checkpoint, note);
      const folder = resolve(out);
      await mkdir(dirname(folder), { recursive: true });
      await writeFolderAtomic(folder, files);
      io.stdout.write(`wrote ${files.map(([name]) => name).join(', ')} to ${out}\n`);
    });
}

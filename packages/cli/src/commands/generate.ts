import { Command } from '@commander-js/extra-typings';
import { backendNames } from '@sheep/backend';
import { generate } from '@sheep/model';
import { createDecoder } from '@sheep/tokenizer';
import type { Io } from '../io.js';
import { openBackend } from '../run/open-backend.js';
import { openModel } from '../run/open-model.js';
import { SAMPLE_TEMPERATURE } from '../run/sample.js';
import { printable } from '../screen/format.js';
import { decimal, wholeNumber } from './options.js';

/** `sheep generate`: text that a trained model writes, printed as it is made. */
export function generateCommand(io: Io) {
  return new Command('generate')
    .description('Let a model go on with a text.')
    .requiredOption('--checkpoint <dir>', "a run's folder, a checkpoint or a Hugging Face folder")
    .requiredOption('--prompt <text>', 'what the text starts with')
    .option('--max-new-tokens <n>', 'tokens to add', wholeNumber(1), 200)
    .option('--temperature <x>', '0 takes the most likely token, 1 samples as trained', decimal, SAMPLE_TEMPERATURE)
    .option('--top-k <n>', 'only among the n most likely tokens', wholeNumber(1))
    .option('--top-p <x>', 'only among the most likely tokens of this total probability', decimal)
    .option('--seed <n>', 'the same seed gives the same text', wholeNumber(0), 0)
    .option('--backend <name>', `auto, ${backendNames.join(', ')}`, 'auto')
    .option('--threads <n>', 'threads of the backends cpu and wasm; one a core unless given', wholeNumber(1))
    .action(async ({ checkpoint, prompt, backend, threads, ...options }) => {
      const note = (text: string) => void io.stderr.write(`${text}\n`);
      await openBackend({ backend, threads }, note);
      const { model, params, tokenizer } = await openModel(checkpoint, note);
      const show = io.stdout.isTTY ? printable : String;
      const print = (text: string) => io.stdout.write(show(text));
      const { endOfText } = tokenizer;
      const stop = endOfText === undefined ? {} : { stopAt: endOfText };
      const decoder = createDecoder(tokenizer);
      const ids = tokenizer.encode(prompt);
      print(prompt);
      for await (const id of generate(model, params, ids, { ...options, ...stop })) print(decoder.push(id));
      print(`${decoder.end()}\n`);
    });
}

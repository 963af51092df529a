import { Command } from '@commander-js/extra-typings';
import { backendNames } from '@sheep/backend';
import { sequentialBatches, tokenizeDocuments } from '@sheep/data';
import { readDocuments } from '@sheep/data/node';
import { evaluate } from '@sheep/train';
import type { Io } from '../io.js';
import { openBackend } from '../run/open-backend.js';
import { openModel } from '../run/open-model.js';
import { formatCount, formatFacts, formatLoss, formatShare } from '../screen/format.js';
import { wholeNumber } from './options.js';

/** `sheep eval`: how well a model predicts a text. */
export function evalCommand(io: Io) {
  return new Command('eval')
    .description('Measure how well a model predicts a text.')
    .requiredOption('--checkpoint <dir>', "a run's folder, a checkpoint or a Hugging Face folder")
    .requiredOption('--data <paths...>', 'files, folders or globs of UTF-8 text')
    .option('--batch-size <n>', 'windows computed at once', wholeNumber(1), 8)
    .option('--backend <name>', `auto, ${backendNames.join(', ')}`, 'auto')
    .option('--threads <n>', 'threads of the backends cpu and wasm; one a core unless given', wholeNumber(1))
    .action(async ({ checkpoint, data, batchSize, backend, threads }) => {
      const documents = await readDocuments(data);
      const note = (text: string) => void io.stderr.write(`${text}\n`);
      await openBackend({ backend, threads }, note);
      const { folder, model, params, tokenizer } = await openModel(checkpoint, note);
      const tokens = tokenizeDocuments(documents, tokenizer);
      const source = sequentialBatches({ tokens, contextLength: model.config.contextLength, batchSize });
      const result = await evaluate(model, params, source);
      const facts = formatFacts([
        ['model', folder],
        ['loss', `${formatLoss(result.loss)} nats a token`],
        ['perplexity', result.perplexity.toFixed(3)],
        ['accuracy', formatShare(result.accuracy)],
        ['tokens', formatCount(result.tokens)],
      ]);
      io.stdout.write(`${facts.join('\n')}\n`);
    });
}

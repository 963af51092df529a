import { Command } from '@commander-js/extra-typings';
import { backendNames } from '@sheep/backend';
import { presets } from '@sheep/model';
import { tokenizerKinds } from '@sheep/tokenizer';
import { keysHelp } from '../config/help.js';
import type { Io } from '../io.js';
import { PROFILED } from '../run/profile-steps.js';
import { trainRun } from '../run/train-run.js';
import { collect, wholeNumber } from './options.js';

/** `sheep train`: trains a model in a run's folder. */
export function trainCommand(io: Io) {
  return new Command('train')
    .description('Train a model. Without options: simple stories, a small model, a few minutes.')
    .option('--config <file>', 'a YAML file of the keys below')
    .option('--data <paths...>', 'files, folders or globs of UTF-8 text')
    .option('--from <dir>', 'start from the weights of a Hugging Face folder, a run or a checkpoint')
    .option('--preset <name>', `sizes of the model: ${Object.keys(presets).join(', ')}`)
    .option('--tokenizer <kind>', `${tokenizerKinds.join(', ')}, or a tokenizer.json`)
    .option('--backend <name>', `auto, ${backendNames.join(', ')}`)
    .option('--threads <n>', 'threads of the backends cpu and wasm; one a core unless given')
    .option('--out <dir>', "the run's folder; runs/<name> unless given")
    .option('--name <name>', "the run's name")
    .option('--resume', 'go on with a run from its newest checkpoint')
    .option('--seed <n>', 'fixes the parameters, the order of the data and dropout')
    .option('--max-steps <n>', 'steps of the whole run')
    .option('--max-minutes <n>', 'minutes of training after which the run ends')
    .option('--stop-after <n>', 'pause after this step; --resume goes on', wholeNumber(1))
    .option('--learning-rate <x>', 'the peak of the schedule')
    .option('--profile', `show where the time of ${PROFILED} warm steps goes, and write it to profile.json`)
    .option('--json', 'print events as JSON lines, and nothing else')
    .option('--set <key.path=value>', 'set any key; can be repeated', collect)
    .addHelpText('after', () => `\n${keysHelp()}`)
    .action(async (flags) => trainRun(flags, io));
}

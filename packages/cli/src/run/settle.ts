import { commandLineLayers, fileLayers, type KeyOptions, runLayers } from '../config/layers-of-options.js';
import { type Layer, mergeLayers } from '../config/layers.js';
import { withModelLayer } from '../config/model-layer.js';
import { resolveConfig } from '../config/resolve.js';
import type { RunConfig } from '../config/schema.js';
import { modelFolder } from './open-model.js';
import { newPlace, resumedPlace, type RunPlace } from './run-folder.js';

/** The options of `sheep train`. */
export interface TrainFlags extends KeyOptions {
  readonly out?: string | undefined;
  readonly resume?: boolean | undefined;
  readonly stopAfter?: number | undefined;
  readonly json?: boolean | undefined;
  readonly profile?: boolean | undefined;
}

/** What options and files say, before any data is read. */
export interface Settled {
  readonly config: RunConfig;
  readonly place: RunPlace;
}

// Whoever reads the weights tells what was passed over; here it would be said twice.
const resolved = async (layers: readonly Layer[]): Promise<RunConfig> =>
  resolveConfig(await withModelLayer(layers, (path) => modelFolder(path, () => {})));

/**
 * The configuration and the place of a run. A run that goes on has its own configuration where no file is given.
 *
 * @throws SheepError for whatever is wrong with them.
 */
export async function settle(flags: TrainFlags): Promise<Settled> {
  const commandLine = commandLineLayers(flags);
  const config = await resolved([...(await fileLayers(flags)), ...commandLine]);
  // A name from the command line is the user's choice; one from a file is the default of whoever uses the file.
  const name = mergeLayers(commandLine).name as string | undefined;
  const options = { out: flags.out, name, defaultName: config.name };
  if (!flags.resume) return { config, place: newPlace(options) };
  const place = resumedPlace(options);
  if (flags.config !== undefined) return { config, place };
  // What came with the model stands in the run's own file: the folder it started from may be gone.
  const own = await runLayers(place.folder);
  const layers = [...own, ...commandLine];
  return { config: own.length > 0 ? resolveConfig(layers) : await resolved(layers), place };
}

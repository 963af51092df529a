import { join } from 'node:path';
import type { TrainEvent } from '@sheep/core';
import { writeFileAtomic } from '@sheep/core/node';
import { createHistory, type RunHistory } from '../history.js';
import type { PlotSpec } from '../plots/panel.js';
import { lossByEpochSpec, monitoringSpec, runsSpec, trainingCurveSpec } from '../plots/pictures.js';
import { renderSvg } from '../plots/render-svg.js';
import { renderPng } from './render-png.js';

/** Draws a picture into a file, whole or not at all: SVG where its name ends in `.svg`, else PNG. */
export async function writePicture(path: string, spec: PlotSpec): Promise<void> {
  const svg = await renderSvg(spec);
  await writeFileAtomic(path, path.endsWith('.svg') ? `${svg}\n` : await renderPng(svg));
}

/**
 * Writes `training_curve.png`, `loss_by_epoch.png` and `monitoring.png` into a run's folder, each whole or not at all.
 *
 * @param options.name the run's name, for the titles.
 */
export async function writePlots(folder: string, history: RunHistory, options: { name: string }): Promise<void> {
  await writePicture(join(folder, 'training_curve.png'), trainingCurveSpec(history, options.name));
  await writePicture(join(folder, 'loss_by_epoch.png'), lossByEpochSpec(history, options.name));
  await writePicture(join(folder, 'monitoring.png'), monitoringSpec(history, options.name));
}

function toHistory(events: Iterable<TrainEvent>): RunHistory {
  const history = createHistory();
  for (const event of events) history.write(event);
  return history;
}

/** A run's name and events, as read from its metrics.jsonl. */
export interface RunEvents {
  readonly name: string;
  readonly events: Iterable<TrainEvent>;
}

/** Draws the losses of several runs over one another into a PNG file: a color each, train solid, validation dashed. */
export async function plotRuns(runs: readonly RunEvents[], path: string): Promise<void> {
  await writePicture(path, runsSpec(runs.map(({ name, events }) => ({ name, history: toHistory(events) }))));
}

import type { Schedule } from '@sheep/core';
import type { Line, PlotSpec } from './panel.js';
import { picture } from './pictures.js';
import { toPoints } from './series.js';
import { LINE_COLORS, WIDTH } from './theme.js';

/** A schedule as one of several. */
export interface NamedSchedule {
  readonly name: string;
  readonly schedule: Schedule;
}

/** Pixels by which a line is wider than the next one: where several lie on one another, all can be seen. */
const RIM = 0.9;

/**
 * Learning rates over steps, a color each. Earlier ones are wider and lie below.
 *
 * @param totalSteps the last step that is drawn; the first is 1.
 */
export function schedulesSpec(schedules: readonly NamedSchedule[], totalSteps: number): PlotSpec {
  const steps = Array.from({ length: totalSteps }, (_, i) => i + 1);
  const lines = schedules.map(({ name, schedule }, i): Line => {
    const width = 2 + RIM * (schedules.length - 1 - i);
    return { name, color: LINE_COLORS[i % LINE_COLORS.length], width, points: toPoints(steps, steps.map(schedule)) };
  });
  const panel = { lines, xTitle: 'step', xRange: [0, totalSteps], yTitle: 'learning rate', yScale: 'linear' } as const;
  const subtitle = `over a run of ${totalSteps.toLocaleString('en-US')} steps`;
  return picture('Learning rate schedules', subtitle, [{ ...panel, legend: true, width: WIDTH, height: 500 }]);
}

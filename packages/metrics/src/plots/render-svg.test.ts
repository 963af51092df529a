import { describe, expect, it } from 'vitest';
import { compile } from 'vega-lite';
import { RUN, evalEvent, stepEvent } from '../events.fixture.js';
import { createHistory, type RunHistory } from '../history.js';
import { lossByEpochSpec, monitoringSpec, runsSpec, trainingCurveSpec } from './pictures.js';
import { renderSvg } from './render-svg.js';

type CompileLogger = NonNullable<NonNullable<Parameters<typeof compile>[1]>['logger']>;
type Logger = Record<'level' | 'error' | 'warn' | 'info' | 'debug', (...args: unknown[]) => CompileLogger>;

function historyOf(events: readonly Parameters<RunHistory['write']>[0][]): RunHistory {
  const history = createHistory();
  for (const event of events) history.write(event);
  return history;
}

describe('the pictures as SVG', () => {
  const history = historyOf([...RUN, stepEvent(6, { learningRate: 0, gradientNorm: 0 }), evalEvent(6, { loss: NaN })]);
  const specs = {
    'training curve': trainingCurveSpec(history, 'nano'),
    'loss by epoch': lossByEpochSpec(history, 'nano'),
    monitoring: monitoringSpec(history, 'nano'),
    runs: runsSpec([{ name: 'nano', history }]),
  };

  it.each(Object.entries(specs))(
    '%s: has no coordinate that is not a number, and names what it shows',
    async (_, spec) => {
      const svg = await renderSvg(spec);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      for (const text of ['loss (nats per token)', 'nano']) expect(svg).toContain(text);
    },
  );

  it.each(Object.entries(specs))('%s: is a specification that Vega-Lite takes without a warning', (_, spec) => {
    const warnings: unknown[] = [];
    const logger: Logger = {
      level: () => logger,
      error: (...args) => (warnings.push(...args), logger),
      warn: (...args) => (warnings.push(...args), logger),
      info: () => logger,
      debug: () => logger,
    };
    compile(spec, { logger: logger as CompileLogger });
    expect(warnings).toEqual([]);
  });

  it('cuts a name that is too long for the title', async () => {
    const svg = await renderSvg(trainingCurveSpec(history, 'a very long name, '.repeat(9)));
    const title = />(Training curve of [^<]*)</.exec(svg)?.[1];
    expect([title?.length, title?.at(-1)]).toEqual([75, '…']);
  });

  it('labels the axes of all four panels and the smoothed line with its window', async () => {
    const steps = Array.from({ length: 250 }, (_, i) => stepEvent(i + 1));
    const svg = await renderSvg(monitoringSpec(historyOf(steps), 'nano'));
    for (const text of ['learning rate', 'gradient norm before clipping', 'weight norm', 'train, 11-step mean']) {
      expect(svg).toContain(`>${text}</text>`);
    }
  });

  it('labels the loss of a run that went astray with exponents', async () => {
    const steps = [1, 2, 3, 4].map((step) => stepEvent(step, { loss: step * 1.3e26 }));
    const svg = await renderSvg(trainingCurveSpec(historyOf(steps), 'nano'));
    expect(svg).toContain('>3e+26</text>');
    expect(svg).not.toMatch(/>\d\.?0{5}/);
  });
});

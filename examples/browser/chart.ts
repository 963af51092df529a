import UPlot from 'uplot';

/** The losses of a run over its steps, as they come. */
export interface LossChart {
  /** Empties it for a run of so many steps. */
  begin(steps: number): void;
  addTraining(step: number, loss: number): void;
  addValidation(step: number, loss: number): void;
}

const HEIGHT = 320;

/** A color of the page, as its style has it now: light or dark. */
const color = (name: string) => (): string => getComputedStyle(document.documentElement).getPropertyValue(name);

const grid = { stroke: color('--line'), width: 1 };
const axis: UPlot.Axis = { stroke: color('--muted'), grid, ticks: { show: false }, font: '12px system-ui, sans-serif' };

const shown = (_chart: UPlot, loss: number | null): string => loss?.toFixed(3) ?? '–';

function series(label: string, stroke: () => string, pointSize: number): UPlot.Series {
  return {
    label,
    stroke,
    width: 1.5,
    spanGaps: true,
    points: { show: pointSize > 0, size: pointSize, fill: stroke },
    value: shown,
  };
}

/** Draws into an element, as wide as it is. */
export function lossChart(parent: HTMLElement): LossChart {
  let last = 1;
  const steps: number[] = [];
  const training: number[] = [];
  const validation: (number | null)[] = [];

  const chart = new UPlot(
    {
      width: parent.clientWidth,
      height: HEIGHT,
      scales: { x: { time: false, range: () => [0, last] } },
      axes: [axis, { ...axis, size: 44 }],
      series: [
        { label: 'step', value: (_chart, step: number | null) => String(step ?? '–') },
        series('training loss', color('--training'), 0),
        series('validation loss', color('--validation'), 6),
      ],
      cursor: { drag: { x: false, y: false } },
    },
    [steps, training, validation],
    parent,
  );
  const draw = (): void => chart.setData([steps, training, validation]);

  new ResizeObserver(() => chart.setSize({ width: parent.clientWidth, height: HEIGHT })).observe(parent);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw());

  return {
    begin(count) {
      last = count;
      for (const values of [steps, training, validation]) values.length = 0;
      draw();
    },
    addTraining(step, loss) {
      steps.push(step);
      training.push(loss);
      validation.push(null);
      draw();
    },
    addValidation(step, loss) {
      validation[steps.indexOf(step)] = loss;
      draw();
    },
  };
}

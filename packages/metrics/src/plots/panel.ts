import type { TopLevelSpec } from 'vega-lite';
import type { Point } from './series.js';
import { LETTER_WIDTH, TEXT_SIZE } from './theme.js';

/** A picture: a Vega-Lite specification with its data inside. */
export type PlotSpec = TopLevelSpec;

/** A part of a picture that stands beside or above others. */
export type PanelSpec = Extract<TopLevelSpec, { vconcat: unknown }>['vconcat'][number];

type LayerSpec = Extract<PanelSpec, { layer: unknown }>['layer'][number];

/** One line of a panel. */
export interface Line {
  /** What the legend calls it; lines of one name share a color. */
  readonly name: string;
  readonly color: string;
  readonly points: readonly Point[];
  /** Stroke width in pixels. */
  readonly width: number;
  readonly dashed?: boolean;
}

/** A coordinate system with lines. */
export interface Panel {
  /** Drawn in this order; later ones lie on top. */
  readonly lines: readonly Line[];
  readonly xTitle: string;
  /** The smallest and the largest x: the axis ends there. */
  readonly xRange: readonly [number, number];
  readonly yTitle: string;
  readonly yScale: 'linear' | 'log';
  readonly legend: boolean;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** A line with at most this many points shows each of them. */
const MOST_DOTS = 60;

function drawable(panel: Panel, line: Line): Point[] {
  return line.points.map(({ x, y }) => ({ x, y: panel.yScale === 'log' && y !== null && y <= 0 ? null : y }));
}

interface Range {
  readonly low: number;
  readonly high: number;
}

function rangeOf(points: readonly Point[]): Range | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { y } of points) {
    if (y === null) continue;
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  return low <= high ? { low, high } : undefined;
}

/** Room above and below, at least half a decade in all, and labels at 1, 2, 5, 10; at 1, 10 where that is enough. */
function logAxis({ low, high }: Range): { domain: number[]; values: number[] } {
  const room = Math.max(1.15, Math.sqrt(Math.sqrt(10) / (high / low)));
  const domain = [low / room, high * room];
  const from = Math.floor(Math.log10(domain[0]));
  const decades = Array.from({ length: Math.ceil(Math.log10(domain[1])) - from + 1 }, (_, i) => from + i);
  const digits = decades.length > 4 ? [1] : [1, 2, 5];
  const values = decades.flatMap((decade) => digits.map((digit) => Number(`${digit}e${decade}`)));
  return { domain, values: values.filter((value) => domain[0] <= value && value <= domain[1]) };
}

/** A flat line lies in the middle. */
function linearDomain({ low, high }: Range): number[] | undefined {
  if (low < high) return undefined;
  const room = Math.abs(low) / 10 || 1;
  return [low - room, high + room];
}

function yEncoding(panel: Panel): object {
  const base = { field: 'y', type: 'quantitative', title: panel.yTitle };
  const range = rangeOf(panel.lines.flatMap((line) => drawable(panel, line)));
  if (range === undefined) return { ...base, axis: { labels: false, ticks: false }, scale: { domain: [0, 1] } };
  if (panel.yScale === 'linear') {
    // Vega's own labels of huge numbers have all digits of a float.
    const format = range.high < 1e6 ? {} : { format: '~g' };
    return {
      ...base,
      axis: { tickCount: 6, ...format },
      scale: { zero: false, nice: true, domain: linearDomain(range) },
    };
  }
  const { domain, values } = logAxis(range);
  const plain = values.every((value) => value >= 0.01 && value < 1e5);
  return { ...base, axis: { format: plain ? '~g' : '.0e', values }, scale: { type: 'log', nice: false, domain } };
}

function xEncoding(panel: Panel): object {
  return {
    field: 'x',
    type: 'quantitative',
    title: panel.xTitle,
    axis: { format: ',d', labelFlush: false, tickMinStep: 1, tickCount: Math.ceil(panel.width / 110) },
    scale: { domain: panel.xRange, nice: false, zero: false },
  };
}

/** All entries side by side where they fit, else as many columns as the longest allows; widths in pixels. */
function legendColumns(panel: Panel): number {
  const names = [...new Set(panel.lines.map(({ name }) => name))];
  const widths = names.map((name) => name.length * TEXT_SIZE * LETTER_WIDTH + 40);
  const total = widths.reduce((sum, width) => sum + width, 0);
  return total <= panel.width ? names.length : Math.max(1, Math.floor(panel.width / Math.max(...widths)));
}

function colorEncoding(panel: Panel, line: Line): object {
  const colors = new Map(panel.lines.map(({ name, color }) => [name, color]));
  return {
    datum: line.name,
    type: 'nominal',
    scale: { domain: [...colors.keys()], range: [...colors.values()] },
    legend: panel.legend ? { title: null, orient: 'top', symbolType: 'stroke', columns: legendColumns(panel) } : null,
  };
}

/** A panel as a Vega-Lite layer with a data set a line. */
export function toSpec(panel: Panel): PanelSpec {
  const [x, y] = [xEncoding(panel), yEncoding(panel)];
  const layer = panel.lines.map((line) => ({
    data: { values: drawable(panel, line) },
    mark: {
      type: 'line',
      strokeWidth: line.width,
      strokeJoin: 'round',
      strokeDash: line.dashed === true ? [7, 4] : [1, 0],
      point: line.points.length <= MOST_DOTS ? { filled: true, size: 36, opacity: 1 } : false,
    },
    encoding: { x, y, color: colorEncoding(panel, line) },
  })) as LayerSpec[];
  return { width: panel.width, height: panel.height, layer };
}

import type { Config } from 'vega-lite';

/** Told apart with any kind of color vision: from Paul Tol's schemes (personal.sron.nl/~pault), raw a lighter train. */
export const COLORS = {
  train: '#0077bb',
  trainRaw: '#b3d6ea',
  validation: '#cc3311',
  learningRate: '#228833',
  norm: '#555555',
  normRaw: '#d0d0d0',
} as const;

/** Colors of runs drawn over one another. */
export const RUN_COLORS = ['#0077bb', '#ee7733', '#009988', '#ee3377', '#33bbee', '#cc3311', '#777777'] as const;

/** Colors of many lines in one panel: Paul Tol's muted scheme, in an order in which neighbors differ most. */
export const LINE_COLORS = [
  '#bbbbbb',
  '#332288',
  '#cc6677',
  '#44aa99',
  '#ddaa33',
  '#88ccee',
  '#882255',
  '#117733',
  '#aa4499',
] as const;

/** Width of a picture's panels, and of two that stand side by side, in pixels. */
export const WIDTH = 1050;
export const HALF_WIDTH = 456;

/** Of labels and legends, in pixels. */
export const TEXT_SIZE = 14;

/** Mean advance of the font's letters, as a share of the text size. */
export const LETTER_WIDTH = 0.62;

/** How every picture looks: white, light grid, axes at the left and below. */
export const THEME: Config = {
  background: '#ffffff',
  padding: 24,
  font: 'DejaVu Sans, Verdana, sans-serif',
  view: { stroke: null },
  axis: {
    labelFontSize: TEXT_SIZE,
    titleFontSize: 15,
    titleFontWeight: 'normal',
    titlePadding: 12,
    gridColor: '#ebebeb',
    domainColor: '#666666',
    tickColor: '#666666',
    labelColor: '#222222',
    titleColor: '#222222',
  },
  axisY: { minExtent: 56 },
  legend: {
    labelFontSize: TEXT_SIZE,
    labelColor: '#222222',
    labelLimit: 400,
    symbolStrokeWidth: 3,
    symbolSize: 400,
    offset: 10,
  },
  title: {
    fontSize: 20,
    subtitleFontSize: 15,
    subtitleColor: '#444444',
    subtitlePadding: 8,
    anchor: 'start',
    offset: 16,
  },
};

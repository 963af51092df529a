import type { PlotSpec } from './panel.js';
import { LETTER_WIDTH, TEXT_SIZE } from './theme.js';

type Width = (item: { readonly fontSize?: number }, text?: string | number) => number;

/** A part of vega that its types leave out. */
interface TextMetrics {
  width: Width;
  readonly estimateWidth: Width;
}

const letterWidths: Width = (item, text) => LETTER_WIDTH * String(text ?? '').length * (item.fontSize ?? TEXT_SIZE);

/** Where there is no canvas to measure text with, vega takes letters for a third wider than those of our font are. */
function refineTextMetrics(vega: object): void {
  const { textMetrics } = vega as { textMetrics: TextMetrics };
  if (textMetrics.width === textMetrics.estimateWidth) textMetrics.width = letterWidths;
}

/** Draws a picture as SVG text. Loads vega on the first call: about half a second. */
export async function renderSvg(spec: PlotSpec): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  refineTextMetrics(vega);
  const logger = vega.logger(vega.None);
  const view = new vega.View(vega.parse(vegaLite.compile(spec, { logger }).spec), { renderer: 'none', logger });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

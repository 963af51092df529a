import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The font of all pictures; without a font file the renderer drops all text silently. */
function fontFiles(): string[] {
  const folder = dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json'));
  return ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) => join(folder, 'ttf', name));
}

/** Draws SVG text as the bytes of a PNG, one pixel a unit. Loads resvg on the first call. */
export async function renderPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const font = { loadSystemFonts: false, fontFiles: fontFiles(), defaultFontFamily: 'DejaVu Sans' };
  return new Resvg(svg, { font, background: '#ffffff' }).render().asPng();
}

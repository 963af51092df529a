import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import type { TrainEvent } from '@sheep/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evalEvent, stepEvent } from '../events.fixture.js';
import { createHistory } from '../history.js';
import { plotRuns, writePlots } from './write-plots.js';

interface Image {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** The pixels of a PNG file, decoded by the renderer as a picture inside an SVG. */
function decode(path: string): Image {
  const png = readFileSync(path);
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const href = `data:image/png;base64,${png.toString('base64')}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image href="${href}" width="${width}" height="${height}"/></svg>`;
  return { width, height, pixels: new Resvg(svg, { font: { loadSystemFonts: false } }).render().pixels };
}

type Rgb = readonly [red: number, green: number, blue: number];
const BLUE: Rgb = [0x00, 0x77, 0xbb];
const RED: Rgb = [0xcc, 0x33, 0x11];
const GREEN: Rgb = [0x22, 0x88, 0x33];
const WHITE = [0xff, 0xff, 0xff, 0xff];

/** Rows and columns of the pixels of a color, give or take what antialiasing does to it. */
function find({ width, pixels }: Image, color: Rgb): { x: number; y: number }[] {
  const found: { x: number; y: number }[] = [];
  const near = (i: number, channel: number): boolean => Math.abs(pixels[i + channel] - color[channel]) <= 24;
  for (let i = 0; i < pixels.length; i += 4) {
    if (near(i, 0) && near(i, 1) && near(i, 2)) found.push({ x: (i / 4) % width, y: Math.floor(i / 4 / width) });
  }
  return found;
}

/** A picture has a white ground: its corners are white. */
function corners({ width, height, pixels }: Image): number[][] {
  const last = width * height - 1;
  return [0, width - 1, last - width + 1, last].map((pixel) => [...pixels.subarray(4 * pixel, 4 * pixel + 4)]);
}

/** Text of the title: dark pixels in the top rows. */
function titlePixels({ width, pixels }: Image): number {
  let dark = 0;
  for (let i = 0; i < 45 * width * 4; i += 4) if (pixels[i] + pixels[i + 1] + pixels[i + 2] < 200) dark += 1;
  return dark;
}

const STEPS: readonly TrainEvent[] = Array.from({ length: 400 }, (_, i) =>
  stepEvent(i + 1, { epoch: Math.ceil((i + 1) / 100), loss: 2 + 2 * Math.exp(-i / 50) + (i % 7) / 50 }),
);
const EVALS: readonly TrainEvent[] = [100, 200, 300, 400].map((step) =>
  evalEvent(step, { epoch: step / 100, loss: 2.8 + 2 / step }),
);
const EMPTY: readonly TrainEvent[] = [];
const NAMES = ['loss_by_epoch.png', 'monitoring.png', 'training_curve.png'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sheep-plots-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function plot(events: readonly TrainEvent[]): Promise<Image[]> {
  const history = createHistory();
  for (const event of events) history.write(event);
  await writePlots(folder, history, { name: 'a run' });
  return NAMES.map((name) => decode(join(folder, name)));
}

async function blueColumns(events: readonly TrainEvent[]): Promise<number> {
  return new Set(find((await plot(events))[2], BLUE).map(({ x }) => x)).size;
}

describe('writePlots', () => {
  it('draws validation in red only where there is one, and the title as text', async () => {
    const bare = await plot(STEPS);
    const full = await plot([...STEPS, ...EVALS]);
    expect(readdirSync(folder).sort()).toEqual(NAMES);
    for (const [i, image] of full.entries()) {
      expect(image.width).toBeGreaterThan(1100);
      expect(image.width).toBeLessThan(1300);
      expect(image.height).toBeGreaterThan(700);
      expect(titlePixels(image)).toBeGreaterThan(800);
      expect(find(bare[i], RED)).toHaveLength(0);
      expect(find(image, RED).length).toBeGreaterThan(300);
      expect(find(image, BLUE).length).toBeGreaterThan(300);
      expect(corners(image)).toEqual([WHITE, WHITE, WHITE, WHITE]);
    }
  });

  it('draws the learning rate in green below the losses', async () => {
    const curve = (await plot([...STEPS, ...EVALS]))[2];
    const rows = (color: Rgb): number[] => find(curve, color).map(({ y }) => y);
    const green = rows(GREEN);
    expect(new Set(find(curve, GREEN).map(({ x }) => x)).size).toBeGreaterThan(1000);
    expect(Math.min(...green)).toBeGreaterThan(Math.max(...rows(BLUE), ...rows(RED)));
  });

  it('draws higher values higher: validation lies above train, and train falls', async () => {
    const curve = (await plot([...STEPS, ...EVALS]))[2];
    const rowAt = (color: Rgb, column: number): number =>
      Math.min(
        ...find(curve, color)
          .filter(({ x, y }) => x === column && y > 110)
          .map(({ y }) => y),
      );
    expect(rowAt(RED, 800)).toBeLessThan(rowAt(BLUE, 800));
    expect(rowAt(BLUE, 130)).toBeLessThan(rowAt(BLUE, 800));
  });

  it.each([
    ['no step', EMPTY, 0],
    ['one step', STEPS.slice(0, 1), 20],
    [
      'a constant loss and a learning rate of 0',
      [1, 2].map((step) => stepEvent(step, { loss: 2, learningRate: 0 })),
      500,
    ],
    ['nothing finite', [stepEvent(1, { loss: NaN, gradientNorm: NaN, weightNorm: Infinity, learningRate: NaN })], 0],
  ])('draws a run with %s', async (_, events, bluePixels) => {
    const images = await plot(events);
    for (const image of images) expect(titlePixels(image)).toBeGreaterThan(800);
    // The training curve's legend has a blue stroke of about 60 pixels too.
    expect(find(images[2], BLUE).length).toBeGreaterThan(bluePixels + 30);
  });

  it('shows what is not finite as a gap', async () => {
    const few = STEPS.slice(0, 40);
    const holes = few.map((event) =>
      event.step > 10 && event.step < 30 ? { ...event, loss: NaN } : event,
    ) as TrainEvent[];
    expect(await blueColumns(few)).toBeGreaterThan(1000);
    expect(await blueColumns(holes)).toBeLessThan(600);
  });
});

describe('plotRuns', () => {
  it('gives every run a color, of one name too, and dashes where there is validation', async () => {
    const path = join(folder, 'runs.png');
    const orange: Rgb = [0xee, 0x77, 0x33];
    const higher = STEPS.map((event) => ({ ...event, loss: 5 })) as TrainEvent[];
    await plotRuns(
      [
        { name: 'same', events: STEPS },
        { name: 'same', events: higher },
      ],
      path,
    );
    const bare = decode(path);
    expect(find(bare, orange).length).toBeGreaterThan(1000);
    await plotRuns(
      [
        { name: 'same', events: [...STEPS, ...EVALS] },
        { name: 'same', events: higher },
      ],
      path,
    );
    const more = find(decode(path), BLUE).length - find(bare, BLUE).length;
    expect(more).toBeGreaterThan(500);
  });
});

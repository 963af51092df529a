import { ladderCases } from '@sheep/ops/contract';
import { setBackend } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nativeBuilds, openBuild, type Build } from './builds.fixture.js';
import type { OpenDevice } from './device/open-device.js';
import { useBackend } from './use-backend.js';

// Without a fused multiply-add a product is rounded before it is added: such builds agree with one another.
const unfused: Build[] = ['simd', ...nativeBuilds.filter((build) => build === 'sse2')];
const fused: Build[] = ['relaxed-threads', ...nativeBuilds.filter((build) => build !== 'sse2')];

/** The first place where values differ, if any; a NaN is a NaN, whatever its bits. */
function firstDifference(found: Float32Array, expected: Float32Array): string | undefined {
  if (found.length !== expected.length) return `${found.length} values, not ${expected.length}`;
  const place = found.findIndex((value, i) => !Object.is(value, expected[i]));
  return place < 0 ? undefined : `[${place}] ${found[place]}, not ${expected[place]}`;
}

const nameOf = (build: Build): string => `bits-${build}`;

// Without native kernels there is nothing to compare: npm run build:native.
describe.each([fused, unfused].map((group) => ({ group, text: group.join(', ') })))('the builds $text', ({ group }) => {
  let opened: OpenDevice[];
  beforeAll(async () => {
    await useBackend('js');
    opened = await Promise.all(group.map((build) => openBuild(nameOf(build), build, 2)));
  });
  afterAll(() => Promise.all(opened.map((one) => one.close())));

  it.runIf(group.length > 1).each(ladderCases())('have the same bits: $name', async ({ run }) => {
    const results = [];
    for (const build of group) {
      await setBackend(nameOf(build));
      results.push(await run());
    }
    const [first, ...others] = results;
    expect(first.size).toBeGreaterThan(0);
    for (const other of others) {
      const told = [...first].map(([name, values]) => [name, firstDifference(other.get(name)!, values)]);
      expect(told.filter(([, difference]) => difference !== undefined)).toEqual([]);
    }
  });
});

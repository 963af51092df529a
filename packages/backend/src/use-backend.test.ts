import { SheepError } from '@sheep/core';
import * as tf from '@tensorflow/tfjs-core';
import { getBackend, grads, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { runScript } from './run-script.fixture.js';
import { availableThreads } from './device/threads/host.js';
import { backendNames, useBackend } from './use-backend.js';
import { backendsHere, ourBackendsHere } from '../../../test/backends-here.js';

const squaredProduct = (a: Tensor, b: Tensor) => tf.sum(tf.square(tf.matMul(a, b)));

// An engine without SIMD, as old browsers are.
const WITHOUT_SIMD = 'WebAssembly.validate = () => false;';
// As on a platform that there are no native kernels for.
const ELSEWHERE = "Object.defineProperty(process, 'arch', { value: 'elsewhere' });";

// No file lies under that path, so tfjs-backend-wasm fails as it does where its files are not served.
const opening = (name: string) => `await useBackend('${name}', { wasmPath: '/there-is-no-such-folder/' })`;
const outcome = (code: string): unknown => {
  const { status, stdout, stderr } = runScript(`
    import { backendNames, useBackend } from './src/index.ts';
    import { add, getBackend } from '@tensorflow/tfjs-core';
    ${code}
    process.stdout.write(JSON.stringify(result));`);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};

describe('useBackend', () => {
  it('takes the fastest that works for auto, and says so', async () => {
    const opened = await useBackend();
    expect(opened).toEqual({
      name: backendsHere[0],
      tfjsName: `sheep-${backendsHere[0]}`,
      build: expect.stringMatching(/^sheep-(cpu [a-z\d]+|wasm relaxed-threads) [\da-f]{8}$/) as string,
      threads: availableThreads(),
      precision: 'f32',
      memory: expect.objectContaining({ limitBytes: expect.any(Number) as number }) as unknown,
      passedOver: backendNames.slice(0, backendNames.indexOf(backendsHere[0])).map((name) => ({
        name,
        reason: expect.stringContaining('npm run build:native') as string,
        damaged: false,
      })),
      settle: expect.any(Function) as () => unknown,
      measurePeak: expect.any(Function) as () => unknown,
      observeJobs: expect.any(Function) as () => unknown,
    });
    expect(getBackend()).toBe(opened.tfjsName);
  });

  it('opens a backend by name, as often as one likes', async () => {
    for (const [name, tfjsName] of [
      ['js', 'cpu'],
      ['wasm', 'sheep-wasm'],
      ['tfjs-wasm', 'wasm'],
      ['wasm', 'sheep-wasm'],
      ['js', 'cpu'],
    ] as const) {
      const opened = await useBackend(name);
      expect([opened.name, opened.tfjsName, getBackend(), opened.passedOver]).toEqual([name, tfjsName, tfjsName, []]);
    }
  });

  it.each(ourBackendsHere)(
    '%s opened again with other threads goes on with the tensors that there are',
    async (name) => {
      const { build } = await useBackend(name, { threads: 1 });
      const x = tensor2d([[1, 2, 3]]);
      const sumNow = () => tf.sum(tf.square(tf.sub(x, 0))).dataSync()[0];
      expect(sumNow()).toBe(14);
      for (const threads of [3, 3, 2]) {
        expect(await useBackend(name, { threads })).toMatchObject({ threads, build });
        expect(sumNow()).toBe(14);
      }
      x.dispose();
    },
  );

  it('computes with bf16 where that can be, and says what it takes where not', async () => {
    await expect(useBackend('js', { precision: 'bf16' })).rejects.toThrow(
      /^opening the backend js: .*a processor that multiplies bfloat16.* tfjs-backend-cpu/,
    );
    expect((await useBackend('wasm', { precision: 'auto' })).precision).toBe('f32');
    const { build, precision } = await useBackend(backendsHere[0], { precision: 'auto' });
    expect(precision).toBe(/ (avx512|neon)bf16 /.test(build) ? 'bf16' : 'f32');
    expect((await useBackend(backendsHere[0])).precision).toBe('f32');
  });

  it.each(['wasm', 'auto'] as const)('refuses a number of threads that is none: %s', async (name) => {
    for (const threads of [0, 1.5, Number.NaN]) {
      await expect(useBackend(name, { threads })).rejects.toThrow(
        `starting the threads: expected a whole number of threads, 1 or more, received ${threads}; leave it out to use every core`,
      );
    }
  });

  it('refuses an unknown name and names the known ones', async () => {
    const error: unknown = await useBackend('gpu' as never).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SheepError);
    expect((error as SheepError).code).toBe('bad-option');
    expect((error as SheepError).message).toBe(
      "choosing a backend: expected one of auto, cpu, wasm, tfjs-wasm, js, received 'gpu'; use 'auto' to take the fastest one that works",
    );
  });

  it.each(backendsHere)("gives tfjs's own ops their gradients on %s", async (name) => {
    await useBackend(name);
    const x = tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const weight = tensor2d([
      [5, 6],
      [7, 8],
    ]);
    // y = x w; d sum(y^2): dx = 2 y w^T, dw = 2 x^T y
    const [dx, dw] = grads(squaredProduct)([x, weight]);
    expect(dx.arraySync()).toEqual([
      [454, 618],
      [1030, 1402],
    ]);
    expect(dw.arraySync()).toEqual([
      [296, 344],
      [420, 488],
    ]);
    const [dLogits] = grads((a: Tensor) => tf.sum(tf.square(tf.softmax(a))))([tensor2d([[0, 0, Math.log(2)]])]);
    // p = 1/4, 1/4, 1/2: 2 p (p - sum(p^2))
    [-0.0625, -0.0625, 0.125].forEach((value, i) => expect(dLogits.dataSync()[i]).toBeCloseTo(value, 5));
  });
});

describe('a device that does not open', () => {
  it('is passed over by auto, with the reason', () => {
    expect(outcome(`${WITHOUT_SIMD} ${ELSEWHERE} const result = ${opening('auto')};`)).toEqual({
      name: 'js',
      tfjsName: 'cpu',
      build: expect.stringMatching(/^tfjs-backend-cpu /) as string,
      passedOver: [
        { name: 'cpu', reason: expect.stringMatching(/received none/) as string, damaged: false },
        {
          name: 'wasm',
          reason: expect.stringContaining('received one without WebAssembly SIMD') as string,
          damaged: false,
        },
        { name: 'tfjs-wasm', reason: expect.stringMatching(/initialize/) as string, damaged: false },
      ],
    });
  });

  // The manifest names a file that is gone, as after an installation that was cut off.
  it.runIf(backendsHere.includes('cpu'))('is passed over as damaged where a file of it is missing', () => {
    const code = `
      const fs = process.getBuiltinModule('node:fs');
      const read = fs.readFileSync;
      const missing = (path) => { throw Object.assign(new Error('no such file'), { code: 'ENOENT', path }); };
      fs.readFileSync = (path, ...rest) => (String(path).endsWith('.node') ? missing(path) : read(path, ...rest));
      const { name, passedOver } = ${opening('auto')};
      const result = { name, passedOver };`;
    expect(outcome(code)).toEqual({
      name: 'wasm',
      passedOver: [
        {
          name: 'cpu',
          reason: expect.stringMatching(/received none; install @sheep\/backend/) as string,
          damaged: true,
        },
      ],
    });
  });

  it('is an error by name, after which the backend in use before still computes', () => {
    const code = `
      await useBackend('js');
      const { code } = await (async () => ${opening('tfjs-wasm')})().catch((error) => error);
      const result = [code, getBackend(), add(1, 2).dataSync()[0]];`;
    expect(outcome(code)).toEqual(['unsupported', 'cpu', 3]);
  });
});

describe('opening a backend', () => {
  it.each([...backendsHere, 'auto'])('prints nothing: %s', (name) => {
    const { status, stdout, stderr } = runScript(`
      import { backendNames, useBackend } from './src/index.ts';
      import { matMul, ones } from '@tensorflow/tfjs-core';
      await useBackend('${name}');
      await matMul(ones([2, 2]), ones([2, 2])).data();`);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each(backendsHere)("leaves the program's own errors as they are: %s", (name) => {
    const { status, stderr } = runScript(`
      import { backendNames, useBackend } from './src/index.ts';
      await useBackend('${name}');
      throw new Error('my own mistake');`);
    expect(status).toBe(1);
    expect(stderr).toContain('Error: my own mistake');
    expect(stderr.length).toBeLessThan(2000);
  });
});

import { useBackend } from '@sheep/backend';
import type { ParamTree } from '@sheep/core';
import { disposeTree } from '@sheep/ops';
import { memory, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyModel } from '../../test/tiny-model.js';
import { bytesOf, rememberedCheckpoints, tinyRun, validationData } from '../../test/tiny-run.js';
import { train } from './train.js';
import { backendsHere } from '../../../../test/backends-here.js';

describe.each(backendsHere)('the live tensors on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  it('are the same number of the same bytes at every step, and only the trees after the run', async () => {
    const [model, before] = [tinyModel(0.2), memory().numTensors];
    const remembered = rememberedCheckpoints();
    const sample = async (params: ParamTree) => {
      const ids = tensor2d([[1, 2]], [1, 2], 'int32');
      const logits = model.logits(params, ids);
      const text = String(await logits.data());
      ids.dispose();
      logits.dispose();
      return text;
    };
    const validation = validationData();
    const every = { logEvery: 1, evalEvery: 3, sampleEvery: 4, checkpointEvery: 5 };
    const run = train(
      tinyRun({
        ...every,
        model,
        validation,
        sample,
        maxSteps: 30,
        checkpoints: {
          async save(checkpoint) {
            await bytesOf({ ...run, ...checkpoint });
            return remembered.save(checkpoint);
          },
        },
      }),
    );
    const live: string[] = [];
    for await (const event of run) {
      if (event.type === 'step') live.push(`${memory().numTensors} tensors, ${memory().numBytes} bytes`);
    }
    expect(live.length).toBe(30);
    expect(new Set(live.slice(4))).toEqual(new Set([live[4]]));
    [run.params, run.optimizerState].forEach(disposeTree);
    expect(memory().numTensors).toBe(before);
  });
});

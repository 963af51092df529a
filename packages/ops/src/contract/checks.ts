import type { Safetensors } from '@sheep/core';
import { dispose, scalar, tidy, variable, zerosLike } from '@tensorflow/tfjs-core';
import { adamwUpdate, type AdamwAttributes } from '../adamw-update.js';
import { globalNorm } from '../global-norm.js';
import { compare, type Deviation } from './compare.js';
import { referenceCases, type ReferenceCase } from './reference.js';
import { runOp } from './run-op.js';

/** One case of the contract, to be run on the backend in use. */
export interface OpCheck {
  readonly name: string;
  /** Computes the op, values and gradients, and says how far each is from the reference. */
  readonly run: () => Promise<Deviation[]>;
}

async function checkDifferentiable(reference: ReferenceCase): Promise<Deviation[]> {
  const inputs = Object.fromEntries(reference.names('in').map((name) => [name, reference.tensor(`in/${name}`)]));
  const dy = reference.tensor('dy');
  const { op, attributes } = reference;
  const results = runOp({ op, inputs, attributes, wanted: reference.names('grad'), dy });
  const compared = Object.entries(results).map(([key, tensor]) => compare(key, tensor, reference.values(key)));
  const deviations = await Promise.all(compared);
  dispose([...Object.values(inputs), dy]);
  return deviations;
}

async function checkGlobalNorm(reference: ReferenceCase): Promise<Deviation[]> {
  const inputs = reference.names('in').map((name) => reference.tensor(`in/${name}`));
  const norm = globalNorm(inputs);
  dispose(inputs);
  return [await compare('out/norm', norm, reference.values('out/norm'))];
}

const STEPS = [1, 2, 3];

type AdamwReference = Omit<AdamwAttributes, 'step' | 'weightDecays'> & { weightDecay: number; scale: number };

async function checkAdamw(reference: ReferenceCase): Promise<Deviation[]> {
  const names = reference.names('in/params');
  const { weightDecay, scale: scaleBy, ...rest } = reference.attributes as unknown as AdamwReference;
  const params = names.map((name) => tidy(() => variable(reference.tensor(`in/params/${name}`))));
  const [firstMoments, secondMoments] = [0, 1].map(() => params.map((param) => tidy(() => variable(zerosLike(param)))));
  const weightDecays = params.map((param) => (param.rank >= 2 ? weightDecay : 0));
  const deviations: Deviation[] = [];
  for (const step of STEPS) {
    const grads = names.map((name) => reference.tensor(`in/grads/${step}/${name}`));
    const scale = scalar(scaleBy);
    const norm = globalNorm(grads);
    const tensors = { params, grads, firstMoments, secondMoments };
    adamwUpdate(tensors, { scale, norm }, { ...rest, step, weightDecays });
    for (const [i, name] of names.entries()) {
      const state = { [name]: params[i], [`m/${name}`]: firstMoments[i], [`v/${name}`]: secondMoments[i] };
      for (const [key, tensor] of Object.entries(state)) {
        deviations.push(await compare(`out/${step}/${key}`, tensor.clone(), reference.values(`out/${step}/${key}`)));
      }
    }
    dispose([...grads, scale, norm]);
  }
  dispose([...params, ...firstMoments, ...secondMoments]);
  return deviations;
}

/**
 * What every backend must pass: each op on the cases of a reference file, values and gradients.
 * The suite that a new kernel is tried on; it needs no test runner.
 *
 * @param reference the file that `fixtures/ops/make.py` writes.
 */
export function opChecks(reference: Safetensors): OpCheck[] {
  const special: Record<string, (reference: ReferenceCase) => Promise<Deviation[]>> = {
    globalNorm: checkGlobalNorm,
    adamwUpdate: checkAdamw,
  };
  return referenceCases(reference).map((one) => ({
    name: one.name,
    run: () => (special[one.op] ?? checkDifferentiable)(one),
  }));
}

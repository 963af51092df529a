// Holds the native kernels of the Node that runs it to PyTorch's reference, and to the composed forms. It is bundled by
// scripts/check-native.mjs, for any Node: where the tools of the tests do not run, it does.
// usage: native-contract.mjs compose <file>
//        native-contract.mjs check <file> <ops.safetensors>
//
// What the composed forms compute in plain JavaScript goes into a file first, since an emulator takes minutes for it.
import { readFileSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { useBackend } from '@sheep/backend';
import { readSafetensors, type Safetensors } from '@sheep/core';
import { ladderCases, ladderDeviations, opChecks, type OpCheck } from '@sheep/ops/contract';
import { setBackend } from '@tensorflow/tfjs-core';
import { loadNativeBuild, nativeSets, type InstructionSet } from '../packages/backend/src/cpu/addon.js';
import { openNativeDevice } from '../packages/backend/src/cpu/open-device.js';

// As in the tests: the results are float32, or of factors of 8 bits.
const BOUND = 2e-5;
const BF16_BOUND = 2e-2;
const THREADS = 2;

const ladder = ladderCases();

interface Outcome {
  readonly name: string;
  readonly deviation: number;
}

/** The largest of the deviations; infinite where it failed or compared nothing. */
async function outcome(name: string, run: () => Promise<readonly number[]>): Promise<Outcome> {
  try {
    const deviations = await run();
    return { name, deviation: deviations.length > 0 ? Math.max(...deviations) : Infinity };
  } catch (error) {
    console.error(error);
    return { name, deviation: Infinity };
  }
}

/** Prints how many passed and what did not; says whether all did. */
function report(what: string, outcomes: readonly Outcome[], bound = BOUND): boolean {
  const passes = ({ deviation }: Outcome): boolean => deviation < bound;
  const passed = outcomes.filter(passes).length;
  const largest = Math.max(...outcomes.map(({ deviation }) => deviation));
  console.log(`  ${what}: ${passed} of ${outcomes.length} passed, largest deviation ${largest.toExponential(1)}`);
  for (const one of outcomes) if (!passes(one)) console.log(`    FAILED ${one.name}: ${one.deviation}`);
  return passed === outcomes.length && passed > 0;
}

type Results = Map<string, Map<string, Float32Array>>;

async function compose(file: string): Promise<void> {
  await useBackend('js');
  const results: Results = new Map();
  for (const { name, run } of ladder) results.set(name, await run());
  writeFileSync(file, serialize(results));
}

async function againstTorch(checks: readonly OpCheck[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { name, run } of checks) {
    outcomes.push(await outcome(name, async () => (await run()).map(({ deviation }) => deviation)));
  }
  return outcomes;
}

// A single output may cancel to any size.
const isSumOfMany = ({ name }: OpCheck): boolean => !name.endsWith('/ones');

async function checkSet(set: InstructionSet, expected: Results, reference: Safetensors): Promise<boolean> {
  const started = performance.now();
  const opened = await openNativeDevice({ name: set, threads: THREADS, sets: [set] });
  await setBackend(set);
  const composed: Outcome[] = [];
  const torch = await againstTorch(opChecks(reference));
  for (const { name, run } of ladder) {
    const deviations = async () => ladderDeviations(await run(), expected.get(name)!).map(([, deviation]) => deviation);
    composed.push(await outcome(name, deviations));
  }
  opened.device.precision = opened.bf16 ? 'bf16' : 'f32';
  const rounded = opened.bf16 ? await againstTorch(opChecks(reference).filter(isSumOfMany)) : [];
  await opened.close();
  console.log(`${opened.build}, ${THREADS} threads, ${((performance.now() - started) / 1e3).toFixed(0)} s:`);
  const good = [report('PyTorch', torch), report('composed forms', composed)];
  if (opened.bf16) good.push(report('PyTorch, factors of bf16', rounded, BF16_BOUND));
  return good.every(Boolean);
}

function runs(set: InstructionSet): boolean {
  try {
    return loadNativeBuild([set]).set === set;
  } catch (error) {
    console.log(`${set}: not run. ${(error as Error).message}`);
    return false;
  }
}

async function check(file: string, ops: string): Promise<void> {
  const { platform, arch, version } = process;
  console.log(`Node ${version} for ${platform}-${arch}, which takes ${loadNativeBuild().set}`);
  // Registers the gradients of tfjs's own ops.
  await useBackend('js');
  const expected = deserialize(readFileSync(file)) as Results;
  const reference = readSafetensors(readFileSync(ops));
  for (const set of nativeSets().filter(runs)) {
    if (!(await checkSet(set, expected, reference))) process.exitCode = 1;
  }
}

const [command, file, ops] = process.argv.slice(2);
await (command === 'compose' ? compose(file) : check(file, ops));

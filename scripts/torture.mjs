// The long form of the tests in test/torture, whose figures stand in docs/reliability.md:
//   pnpm torture kills [count]       runs killed at random instants, each resumed to the bytes of an undisturbed one
//   pnpm torture mutations [count]   checkpoints and configurations with random damage
//   pnpm torture faults              a write that fails, each of a run's in turn, on a full disk and in a read-only folder
//   pnpm torture memory [steps]      the nano recipe: tensors, heap and resident set after so many steps
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Another seed is another run of the same: several side by side make more of a machine.
const SEED = Number(process.env.SEED ?? 6);

const progress = (figures) => console.error(JSON.stringify(figures));

const parts = {
  async kills(folder, count = 300) {
    const { killRuns } = await import('../test/torture/kills.ts');
    return killRuns({ kills: count, seed: SEED, folder, backend: process.env.BACKEND ?? 'cpu', progress });
  },
  async mutations(folder, count = 2000) {
    const { mutateCheckpoints, mutateConfigs } = await import('../test/torture/mutations.ts');
    const options = { count, seed: SEED, folder };
    return { checkpoints: await mutateCheckpoints(options), configs: await mutateConfigs(options) };
  },
  async faults(folder) {
    const { failWrites } = await import('../test/torture/failing-writes.ts');
    process.chdir(folder);
    return failWrites({ folder, every: 1 });
  },
  async memory(folder, steps = 10_000) {
    const { measureMemory } = await import('../test/torture/flat-memory.ts');
    return measureMemory({ folder, steps, backend: process.env.BACKEND ?? 'cpu' });
  },
};

const [name, count] = process.argv.slice(2);
if (!Object.hasOwn(parts, name)) {
  console.error(`usage: pnpm torture ${Object.keys(parts).join('|')} [count]`);
  process.exit(2);
}
const folder = await mkdtemp(join(tmpdir(), 'sheep-torture-'));
const start = performance.now();
try {
  const figures = await parts[name](folder, count === undefined ? undefined : Number(count));
  const minutes = ((performance.now() - start) / 60_000).toFixed(1);
  console.log(JSON.stringify({ [name]: figures, minutes, node: process.version, platform: process.platform }, null, 2));
} finally {
  await rm(folder, { recursive: true, force: true });
}

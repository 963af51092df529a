// Compiles packages/backend/kernels/*.c to WebAssembly, with LLVM that is itself a WebAssembly package: nobody installs a
// compiler. What a build is a function of is hashed, so that doing nothing takes milliseconds and a change to one kernel
// compiles one file.
//
// The modules and the worker's source are kept as JavaScript modules that export text: every bundler takes those along,
// none needs to be told of a file beside the code, and Node and browsers load them the same way.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const script = fileURLToPath(import.meta.url);
const backend = fileURLToPath(new URL('../packages/backend', import.meta.url));
const sources = join(backend, 'kernels');
const output = join(backend, 'generated', 'kernels');
const stamp = join(output, 'stamp');
const workerSource = join(backend, 'src', 'device', 'threads', 'pool-worker.js');

const COMPILE =
  '--target=wasm32-unknown-unknown -mcpu=lime1 -msimd128 -matomics -mbulk-memory -O3 -ffreestanding ' +
  // The same bits in every build, fused where fma() says so alone.
  '-ffp-contract=off ' +
  // Address 0 is the start of the heap.
  '-fno-delete-null-pointer-checks -Wall -Wextra -Werror -Wno-unused-parameter -c';
const LINK =
  '--no-entry --import-memory --export=__stack_pointer --export=__heap_base --stack-first -z stack-size=65536 -s';
const SHARED = `${LINK} --shared-memory --max-memory=4294901760`;

// Each instruction set is compiled once. Objects made for shared memory link to a plain one as well: there, an atomic
// operation is an ordinary one.
const sets = {
  relaxed: { compile: `${COMPILE} -mrelaxed-simd`, modules: { 'relaxed-threads': SHARED } },
  simd: { compile: COMPILE, modules: { 'simd-threads': SHARED, simd: LINK } },
};

const hash = (...parts) => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** Written beside and renamed: another process may be reading, or building the same. */
function write(path, data) {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, data);
  renameSync(temporary, path);
}

function readKernels() {
  const names = readdirSync(sources).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(sources, name), 'utf8')]));
}

/** Runs one of LLVM's tools on files in memory; its messages become the error. */
async function run(tool, command, files) {
  const compiler = createRequire(join(backend, 'package.json')).resolve('@yowasp/clang');
  const { runLLVM } = await import(pathToFileURL(compiler).href);
  const decoder = new TextDecoder();
  let said = '';
  const hear = (bytes) => {
    said += decoder.decode(bytes ?? new Uint8Array(), { stream: bytes !== null });
  };
  try {
    return await runLLVM([tool, ...command.split(' ')], files, { stdout: hear, stderr: hear, fetchProgress() {} });
  } catch (error) {
    throw new Error(`packages/backend/kernels does not compile: ${said.trim() || error.message}`, {
      cause: error,
    });
  }
}

/** A file with all that it includes. */
function withIncluded(kernels, file, found = {}) {
  if (file in found || !(file in kernels)) return found;
  found[file] = kernels[file];
  for (const [, name] of kernels[file].matchAll(/^#include "(.+)"/gm)) withIncluded(kernels, name, found);
  return found;
}

/** Compiles what has changed since the last time, and links the modules of one instruction set. */
async function buildSet(name) {
  const { compile, modules } = sets[name];
  const kernels = readKernels();
  const folder = join(output, 'objects', name);
  mkdirSync(folder, { recursive: true });
  const objects = {};
  for (const file of Object.keys(kernels).filter((one) => one.endsWith('.c'))) {
    const files = withIncluded(kernels, file);
    const object = `${hash(compile, files)}.o`;
    const path = join(folder, object);
    if (!existsSync(path)) write(path, (await run('clang', `${compile} ${file} -o out.o`, files))['out.o']);
    objects[object] = readFileSync(path);
  }
  for (const [module, flags] of Object.entries(modules)) {
    const linked = await run('wasm-ld', `${flags} ${Object.keys(objects).join(' ')} -o out.wasm`, objects);
    const wasm = Buffer.from(linked['out.wasm']).toString('base64');
    const fingerprint = hash(wasm).slice(0, 8);
    write(join(output, `${module}.js`), `export default '${wasm}';\nexport const fingerprint = '${fingerprint}';\n`);
  }
  for (const old of readdirSync(folder).filter((one) => one.endsWith('.o') && !(one in objects))) {
    rmSync(join(folder, old), { force: true });
  }
}

/** In a process of its own: LLVM runs for seconds only, so V8's baseline compiler alone makes it 2.4 times as fast. */
function buildSetApart(name) {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--liftoff-only', script, name], (error, _stdout, stderr) => {
      if (error) reject(new Error(stderr.trim() || error.message));
      else resolve();
    });
  });
}

/** Makes generated/kernels, unless it is what the sources give already. */
export async function buildKernels() {
  const worker = readFileSync(workerSource, 'utf8');
  const wanted = hash(sets, readKernels(), worker, readFileSync(script, 'utf8'));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Compiling the kernels (a few seconds, once) ...');
  const results = await Promise.allSettled(Object.keys(sets).map(buildSetApart));
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
  write(join(output, 'pool-worker.js'), `export default ${JSON.stringify(worker)};\n`);
  write(stamp, wanted);
}

if (process.argv[1] === script) {
  const [name] = process.argv.slice(2);
  await (name === undefined ? buildKernels() : buildSet(name)).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}

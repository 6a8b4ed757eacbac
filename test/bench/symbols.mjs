// Names, lines and inlined frames of 100,000 addresses of a C++ program against what a user would run: one addr2line, or one llvm-symbolizer, with the
// same addresses on its standard input, whose output is read and thrown away.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { compare } from './ratio.mjs';

const root = join(import.meta.dirname, '../..');
const dir = mkdtempSync(join(tmpdir(), 'memlens-bench-'));
const ADDRESSES = 100_000;
const UNITS = 4;
const FUNCTIONS = 16;
const ROUNDS = 2;

/** Containers of its own types in each function, so that the templates are made anew in each. */
const work = (name) => `
struct item_${name} { int key; std::string name; double price; bool operator<(const item_${name} &o) const { return key < o.key; } };
int work_${name}(int n) {
  std::vector<item_${name}> all; std::map<std::string, item_${name}> by; std::unordered_map<int, std::shared_ptr<item_${name}>> kept;
  for (int k = 0; k < n; k++) {
    all.push_back({k * 7 % 13, std::to_string(k), k * 1.5});
    kept[k] = std::make_shared<item_${name}>(all.back());
    by[all.back().name] = all.back();
  }
  std::sort(all.begin(), all.end());
  return std::count_if(all.begin(), all.end(), [n](const item_${name} &one) { return one.price > n; }) + (int)(by.size() + kept.size());
}`;

function program() {
  const names = Array.from({ length: UNITS }, (_, unit) => Array.from({ length: FUNCTIONS }, (_, at) => `${unit}_${at}`));
  const headers = ['algorithm', 'map', 'memory', 'string', 'unordered_map', 'vector']
    .map((name) => `#include <${name}>\n`)
    .join('');
  const objects = names.map((some, unit) => {
    writeFileSync(join(dir, `unit${unit}.cpp`), headers + some.map(work).join('\n'));
    execFileSync('g++', ['-O1', '-g', '-c', '-o', `unit${unit}.o`, `unit${unit}.cpp`], { cwd: dir });
    return `unit${unit}.o`;
  });
  const all = names.flat();
  const calls = all.map((name) => `  sum += work_${name}(count);\n`).join('');
  writeFileSync(
    join(dir, 'main.cpp'),
    `${all.map((name) => `int work_${name}(int);\n`).join('')}int main(int count, char **) {\n  int sum = 0;\n${calls}  return sum;\n}\n`,
  );
  execFileSync('g++', ['-O1', '-g', '-o', 'program', 'main.cpp', ...objects], { cwd: dir });
  return join(dir, 'program');
}

/** Spread over the code, in no order, as those of a profile are. */
function addressesOf(file) {
  const line = execFileSync('readelf', ['-SW', file], { encoding: 'utf8' })
    .split('\n')
    .find((text) => / \.text +PROGBITS /.test(text));
  const [, start, offset, size] = /PROGBITS +(\w+) (\w+) (\w+)/.exec(line).map((text) => Number.parseInt(text, 16));
  const step = size / ADDRESSES;
  const addresses = Array.from({ length: ADDRESSES }, (_, at) => Math.floor(((at * 7919) % ADDRESSES) * step));
  return { linked: addresses.map((at) => start + at), inFile: addresses.map((at) => offset + at) };
}

async function timed(argv, input) {
  const begun = performance.now();
  const child = spawn(argv[0], argv.slice(1), { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  for await (const _chunk of child.stdout);
  return performance.now() - begun;
}

try {
  const bundle = join(dir, 'symbols.mjs');
  await build({
    stdin: {
      contents: `export { Symbolizer } from './src/app/symbols/symbolizer.js';
export { LocalTarget } from './src/node/local-target.js';
export { ProfileBuilder } from './src/formats/heap/profile-builder.js';
export { neverCancelled } from './src/base/cancel.js';`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    outfile: bundle,
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const { Symbolizer, LocalTarget, ProfileBuilder, neverCancelled } = await import(bundle);
  const file = program();
  const { linked, inFile } = addressesOf(file);
  const input = linked.map((address) => `0x${address.toString(16)}\n`).join('');
  const builder = new ProfileBuilder('gperftools', [{ quantity: 'live', unit: 'bytes' }]);
  for (const address of inFile) {
    builder.add(0, builder.stack([builder.frame({ module: file, address: `0x${address.toString(16)}` })]), 1);
  }
  const profile = builder.finish({ addresses: 'module' });
  const log = { info: () => undefined, warn: (text) => process.stderr.write(`${text}\n`), error: () => undefined };
  let named = 0;
  let inlined = 0;
  // A new one each time: what was found is kept by it.
  const ours = async () => {
    const symbolizer = new Symbolizer({
      host: new LocalTarget(),
      log,
      settings: () => ({ debugDirectories: [], debuginfod: 'off' }),
    });
    const begun = performance.now();
    const done = await symbolizer.symbolizeProfile(profile, {}, neverCancelled);
    const took = performance.now() - begun;
    named = done.profile.frames.file.reduce((count, text) => count + (text === 0 ? 0 : 1), 0);
    inlined = done.profile.frames.inlined.reduce((count, one) => count + one, 0);
    return took;
  };
  const facts = () => ({ addresses: ADDRESSES, megabytes: Math.round(statSync(file).size / 1e6), named, inlined });
  const llvm = ['llvm-symbolizer', '--demangle', '--inlines', `--obj=${file}`];
  const byLlvm = await compare('names of 100,000 addresses / one llvm-symbolizer', 3, ours, () => timed(llvm, input), ROUNDS);
  console.log(JSON.stringify({ ...byLlvm, ...facts() }));
  const gnu = ['addr2line', '-a', '-f', '-i', '-C', '-e', file];
  const byGnu = await compare('names of 100,000 addresses / one addr2line', 8, ours, () => timed(gnu, input), ROUNDS);
  console.log(JSON.stringify({ ...byGnu, ...facts() }));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

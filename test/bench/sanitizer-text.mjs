// (c) Reading sanitizer text against reading the same lines in Node and doing nothing with them.

import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { compare } from './ratio.mjs';

const root = join(import.meta.dirname, '../..');
const dir = mkdtempSync(join(tmpdir(), 'memlens-bench-'));
try {
  const bundle = join(dir, 'parse.mjs');
  await build({
    entryPoints: [join(root, 'src/engines/sanitizer/parse.ts')],
    bundle: true,
    format: 'esm',
    minify: true,
    outfile: bundle,
    logLevel: 'error',
  });
  const { createSanitizerParser } = await import(bundle);

  // Real reports of gcc and clang, over and over, each time with numbers of their own.
  const reports = ['gcc', 'clang'].flatMap((compiler) => {
    const base = join(root, 'test/fixtures', compiler);
    return readdirSync(base, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.txt') && !entry.name.includes('machine'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  });
  const file = join(dir, 'reports.txt');
  const out = createWriteStream(file);
  let bytes = 0;
  for (let round = 0; bytes < 64 << 20; round++) {
    for (const report of reports) {
      const text = report
        .replace(/^==(\d+)==/gm, `==${1000 + round}==`)
        .replace(/0x[0-9a-f]{8}/g, (word) => word.slice(0, -4) + (round & 0xffff).toString(16).padStart(4, '0'));
      bytes += Buffer.byteLength(text);
      if (!out.write(text)) await once(out, 'drain');
    }
  }
  out.end();
  await once(out, 'finish');

  let findings = 0;
  const ours = async () => {
    findings = 0;
    const begun = performance.now();
    const parser = createSanitizerParser({ finding: () => findings++, note: () => undefined });
    for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) parser.push(chunk);
    parser.end();
    return performance.now() - begun;
  };
  let lines = 0;
  const theirs = async () => {
    lines = 0;
    const begun = performance.now();
    for await (const _line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) lines++;
    return performance.now() - begun;
  };
  const result = await compare('sanitizer text / readline of the same lines', 3, ours, theirs, 5);
  console.log(JSON.stringify({ ...result, megabytes: Math.round(bytes / 1e6), lines, findings }));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

// Files of a kernel that are four times as long take four times as long to read, and no more: 8 MB against 2 MB, from text to what is shown.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { compare } from './ratio.mjs';

const root = join(import.meta.dirname, '../..');
const dir = mkdtempSync(join(tmpdir(), 'memlens-bench-'));
const MB = 1 << 20;
const SMALL = 2 * MB;
const TIMES = 4;

/** Records of each kind by their number; functions come again, as they do in a kernel. */
const called = (at) => `fn_${(at * 7919) % 3000}_alloc`;
const stack = (at, line) =>
  Array.from({ length: 8 }, (_, deep) =>
    line(`${called(at * 7 + deep * 13)}+0x${(deep * 16 + 4).toString(16)}/0x200`, deep),
  ).join('');
const KINDS = {
  vmallocinfo: [
    '',
    (at) =>
      `0x${(0xffffb000 + at).toString(16)}0000-0x${(0xffffb000 + at).toString(16)}5000   20480 ${called(at)}+0x650/0x1aa0 [mod_${at % 50}] pages=4 vmalloc N0=4\n`,
  ],
  slabinfo: [
    'slabinfo - version: 2.1\n',
    (at) => `cache_${at} ${at % 999} ${(at % 999) + 3} 256 16 1 : tunables 0 0 0 : slabdata ${at % 99} ${at % 99} 0\n`,
  ],
  allocinfo: [
    'allocinfo - version: 1.0\n',
    (at) => `${at * 16} ${at} drivers/x/file_${at % 5000}.c:${at % 900} [mod${at % 40}] func:${called(at)}\n`,
  ],
  page_owner: [
    '',
    (at) =>
      `Page allocated via order ${at % 4}, mask 0xcc0(GFP_KERNEL), pid ${at % 500}, tgid ${at % 500} (p), ts ${at} ns\nPFN ${at} type Unmovable Block 1 type Unmovable Flags 0x0(zone=0)\n${stack(at, (frame) => ` ${frame}\n`)}\n`,
  ],
  'page_owner through a log': [
    '',
    (at) =>
      `[ ${at}.123456] Page allocated via order ${at % 4}, mask 0xcc0(GFP_KERNEL), pid 1\n${stack(at, (frame) => `[ ${at}.123456]  ${frame}\n`)}[ ${at}.123456] \n`,
  ],
  kmemleak: [
    '',
    (at) =>
      `unreferenced object 0xffff${at.toString(16).padStart(12, '0')} (size 64):\n  comm "insmod", pid ${at % 400}, jiffies 4294${at} (age ${at % 999}.120s)\n  hex dump (first 16 bytes):\n    00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  ................\n  backtrace:\n${stack(at, (frame, deep) => `    [<000000000${at % 9}>] ${frame} [mod${deep}]\n`)}`,
  ],
};

function textOf([head, record], length) {
  const parts = [head];
  for (let at = 1, size = 0; size < length; at++) {
    const part = record(at);
    parts.push(part);
    size += part.length;
  }
  return new TextEncoder().encode(parts.join(''));
}

try {
  const bundle = join(dir, 'open.mjs');
  await build({
    stdin: {
      contents:
        "export { openMemoryFile } from './src/app/kernel-files/open-file.js'; export { SourceLocator } from './src/app/source-locator.js'; export { LocalTarget } from './src/node/local-target.js';",
      resolveDir: root,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: bundle,
    logLevel: 'error',
  });
  const { openMemoryFile, SourceLocator, LocalTarget } = await import(bundle);
  const locator = new SourceLocator(new LocalTarget(), { workspaceFolders: [], mappings: [], baseDirectories: [] });
  async function* pieces(bytes) {
    for (let at = 0; at < bytes.length; at += MB) yield bytes.subarray(at, at + MB);
  }
  const time = async (bytes) => {
    const begun = performance.now();
    const opened = await openMemoryFile(pieces(bytes), 'file', { unpackers: { gzip: (chunks) => chunks }, locator });
    if (!opened.ok) throw new Error(opened.error.code);
    return performance.now() - begun;
  };
  for (const [name, kind] of Object.entries(KINDS)) {
    const small = textOf(kind, SMALL);
    const large = textOf(kind, SMALL * TIMES);
    const ours = async () => (await time(large)) / TIMES;
    // Were it the square of the length, it would be 4.
    const result = await compare(
      `kernel-files: ${name}, time for each byte in ${TIMES} times the file`,
      1.8,
      ours,
      () => time(small),
      5,
    );
    console.log(JSON.stringify({ ...result, largeMB: (SMALL * TIMES) / MB }));
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}

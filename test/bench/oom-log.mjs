// Looking for kills in a log against reading its lines in Node and doing nothing with them: a log of other lines, and one of reports alone.

import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { compare } from './ratio.mjs';

const BYTES = 16 << 20;
const ROWS = 200;
const root = join(import.meta.dirname, '../..');
const dir = mkdtempSync(join(tmpdir(), 'memlens-bench-'));
try {
  const bundle = join(dir, 'oom.mjs');
  await build({
    entryPoints: [join(root, 'src/formats/kernel/oom.ts')],
    bundle: true,
    format: 'esm',
    minify: true,
    outfile: bundle,
    logLevel: 'error',
  });
  const { OomParser } = await import(bundle);

  // A real report, with as many tasks as a machine has.
  const rows = Array.from(
    { length: ROWS },
    (_, at) =>
      `[   30.745827] [${200 + at}]     0 ${200 + at}      431      289       32      257         0    49152        0             0 worker-${at}.d\n`,
  );
  const report = readFileSync(join(root, 'test/fixtures/oom/6.11-global.txt'), 'utf8').replace(
    /(?=\[ {3}30\.745827\])/,
    rows.join(''),
  );
  const others = (at) =>
    [
      `Aug 17 17:29:27 web-1 systemd[1]: Started Session ${at} of User root.\n`,
      `Aug 17 17:29:27 web-1 kernel: [${(at / 7).toFixed(6).padStart(12)}] [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1 DST=198.51.100.2 LEN=40 TTL=244 ID=54321 PROTO=TCP SPT=${at % 65536} DPT=23\n`,
      `Aug 17 17:29:27 web-1 sshd[${at}]: Failed password for root from 192.0.2.${at % 256} port ${at % 65536} ssh2\n`,
    ].join('');
  const cases = [
    {
      name: 'OOM: a log of other lines / readline of the same lines',
      limit: 10,
      piece: (at) => (at % 5000 === 0 ? report : others(at)),
    },
    { name: 'OOM: a log of reports / readline of the same lines', limit: 20, piece: () => report },
  ];
  for (const { name, limit, piece } of cases) {
    const file = join(dir, 'kern.log');
    const pieces = [];
    for (let at = 0, length = 0; length < BYTES; at++) length += pieces[pieces.push(piece(at)) - 1].length;
    writeFileSync(file, pieces.join(''));
    let events = 0;
    const ours = async () => {
      const begun = performance.now();
      const parser = new OomParser();
      for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 16 })) parser.push(chunk);
      events = parser.end().events.length;
      return performance.now() - begun;
    };
    let lines = 0;
    const theirs = async () => {
      lines = 0;
      const begun = performance.now();
      for await (const _line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) lines++;
      return performance.now() - begun;
    };
    const result = await compare(name, limit, ours, theirs, 3);
    console.log(JSON.stringify({ ...result, megabytes: Math.round(BYTES / 1e6), lines, events }));
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}

// Reads a Memcheck report of 110 MB and gives the file to `xmllint --stream --noout`, in turns, each in a process of its
// own. Prints one line of JSON. The parser is bundled as it is shipped; its sink only counts.

import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const FIXTURES = new URL('../fixtures/valgrind/3.19.0/', import.meta.url);
const BYTES = 110e6;
const ROUNDS = 7;
const LIMIT = 2;
const MEMORY_LIMIT_MB = 24;
// V8 lets its young generation grow to 100 MB and more while nearly all of it is garbage; with that kept small, the peak
// tells what is really held.
const SMALL_HEAP = ['--max-semi-space-size=2'];

const directory = mkdtempSync(join(tmpdir(), 'memlens-bench-'));
try {
  const big = join(directory, 'big.xml');
  const small = join(directory, 'small.xml');
  const errors = writeReport(big, BYTES);
  writeReport(small, BYTES / 10);
  const reader = await bundleReader(directory);
  run(process.execPath, [reader, small]);
  const ours = [];
  const theirs = [];
  let last;
  for (let round = 0; round < ROUNDS; round++) {
    last = timed(process.execPath, [reader, big]);
    ours.push(last.ms);
    theirs.push(timed('xmllint', ['--stream', '--noout', big]).ms);
  }
  const counted = JSON.parse(last.stdout);
  if (counted.findings !== errors) throw new Error(`${counted.findings} findings of ${errors} errors`);
  const many = JSON.parse(run(process.execPath, [...SMALL_HEAP, reader, big]).stdout);
  const few = JSON.parse(run(process.execPath, [...SMALL_HEAP, reader, small]).stdout);
  const ratio = median(ours.map((ms, i) => ms / theirs[i]));
  const growthMb = many.peakMb - few.peakMb;
  const result = {
    name: 'memcheck-xml',
    ratio: round(ratio),
    limit: LIMIT,
    ok: ratio <= LIMIT && growthMb <= MEMORY_LIMIT_MB,
    oursMs: Math.round(median(ours)),
    xmllintMs: Math.round(median(theirs)),
    megabytes: Math.round(BYTES / 1e6),
    findings: errors,
    peakMb: many.peakMb,
    peakMbOfTenth: few.peakMb,
    memoryLimitMb: MEMORY_LIMIT_MB,
  };
  console.log(JSON.stringify(result));
  process.exitCode = result.ok ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Real errors again and again, each with its own number, lines, addresses and sizes. Returns how many. */
function writeReport(path, bytes) {
  const sources = ['leaks', 'errors', 'cpp'].map((name) => readFileSync(new URL(`${name}.xml`, FIXTURES), 'utf8'));
  const templates = sources.flatMap((source) => source.match(/<error>[\s\S]*?<\/error>\n/g) ?? []);
  const first = sources[0];
  const file = openSync(path, 'w');
  let written = writeSync(file, first.slice(0, first.indexOf('<error>')));
  let count = 0;
  while (written < bytes) {
    let part = '';
    for (let i = 0; i < 500; i++, count++) {
      const number = count;
      part += `${templates[number % templates.length]
        .replace(/<unique>[^<]*/, `<unique>0x${number.toString(16)}`)
        .replace(/<line>(\d+)/g, (_, line) => `<line>${Number(line) + (number % 977)}`)
        .replace(
          /<ip>0x([0-9A-F]+)/g,
          (_, ip) => `<ip>0x${(Number.parseInt(ip, 16) + (number % 6007)).toString(16).toUpperCase()}`,
        )
        .replace(/<leakedblocks>\d+/, `<leakedblocks>${1 + (number % 31)}`)}\n`;
    }
    written += writeSync(file, part);
  }
  writeSync(file, '<errorcounts>\n</errorcounts>\n\n<suppcounts>\n</suppcounts>\n\n</valgrindoutput>\n');
  closeSync(file);
  return count;
}

async function bundleReader(into) {
  const outfile = join(into, 'reader.cjs');
  const contents = `
    import { createReadStream } from 'node:fs';
    import { createMemcheckXmlParser } from './src/engines/memcheck/parse-xml.ts';
    let findings = 0;
    const parser = createMemcheckXmlParser({ finding() { findings++; }, note() {} });
    const input = createReadStream(process.argv[2], { encoding: 'utf8', highWaterMark: 1 << 18 });
    input.on('data', (chunk) => parser.push(chunk));
    input.on('end', () => {
      parser.end();
      console.log(JSON.stringify({ findings, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) }));
    });`;
  const root = new URL('../../', import.meta.url).pathname;
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    outfile,
  });
  return outfile;
}

function timed(command, args) {
  const started = performance.now();
  const { stdout } = run(command, args);
  return { ms: performance.now() - started, stdout };
}

function run(command, args) {
  const { status, stdout, error } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw error ?? new Error(`${command} exited with ${status}`);
  return { stdout };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function round(value) {
  return Math.round(value * 100) / 100;
}

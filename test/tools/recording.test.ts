import { type ChildProcess, spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type RecordedTrends, readRecording } from '../../src/app/recorded-trends.js';

const start = 1_753_789_812_345;

/** Writes samples as fast as it can, until it is killed: the values tell the number of the sample. */
const WRITER = `
import { RecordingWriter } from './src/export/recording.js';
import { createLineFile } from './src/node/line-file.js';

const file = await createLineFile(process.argv[2]!, false);
if (!file.ok) throw new Error(JSON.stringify(file.error));
const writer = new RecordingWriter();
const write = (line: string): void => file.value.write(line);
write(writer.header({ created: ${start}, tool: 'test', target: { name: 'local', kind: 'local' } }));
const { of, line } = writer.process({ pid: 1, startTicks: 2, command: 'victim' });
write(line);
let n = 0;
const more = (): void => {
  for (let i = 0; i < 50; i++, n++) {
    const rows = [{ of: 0, values: new Map([['n', n], ['steady', 4096]]) }, { of, values: new Map([['uss', n * 1024]]) }];
    for (const each of writer.sample(${start} + n * 100, rows)) write(each);
  }
  setTimeout(more, 2);
};
more();
`;

let dir: string;
let program: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'memlens-recording-'));
  program = join(dir, 'writer.mjs');
  buildSync({
    stdin: { contents: WRITER, loader: 'ts', resolveDir: join(import.meta.dirname, '../..') },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    logLevel: 'error',
  });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const read = async (path: string): Promise<RecordedTrends> =>
  (await readRecording(createReadStream(path, { encoding: 'utf8', highWaterMark: 4099 }), {
    measuredMs: 1e12,
    measuredRows: 1e6,
  }))!;

function expectSound({ system, processes, header, cutOff }: RecordedTrends): number {
  expect(cutOff).toBe(true);
  expect(header).toMatchObject({ created: start, target: { name: 'local', kind: 'local' } });
  const { at, value } = system.points('n');
  expect([...value]).toEqual(Array.from(value, (_, i) => i));
  expect(at.every((moment, i) => moment === start + i * 100)).toBe(true);
  expect(system.points('steady').value.every((each) => each === 4096)).toBe(true);
  expect(Math.abs(processes[0]!.series.points('uss').at.length - at.length)).toBe(0);
  return at.length;
}

describe('a writer that is killed', () => {
  test('leaves a recording with all samples but those of the last moments', async () => {
    const path = join(dir, 'killed.memlens');
    const writer: ChildProcess = spawn(process.execPath, [program, path], { stdio: ['ignore', 'ignore', 'inherit'] });
    onTestFinished(() => {
      writer.kill('SIGKILL');
    });
    const exit = new Promise((resolve) => writer.once('exit', (_code, signal) => resolve(signal)));
    await expect.poll(() => statSync(path, { throwIfNoEntry: false })?.size ?? 0, { timeout: 60_000 }).toBeGreaterThan(300_000);
    // It can be opened while it is being written.
    const meanwhile = expectSound(await read(path));
    writer.kill('SIGKILL');
    expect(await exit).toBe('SIGKILL');
    const samples = expectSound(await read(path));
    expect(samples).toBeGreaterThanOrEqual(meanwhile);
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(samples).toBe(
      lines.slice(0, -1).filter((line) => line.includes('"k":"s"')).length + (lines.at(-1)!.endsWith('}') ? 1 : 0),
    );

    // A disk that lost the end of the file, too.
    const { size } = statSync(path);
    for (const lost of [1, 2, 7, 40, 41, 4096]) {
      truncateSync(path, size - lost);
      const left = await read(path);
      expect(expectSound(left)).toBeGreaterThan(samples - lost);
      expect(left.notes.every(({ code }) => code === 'bad-line')).toBe(true);
    }
  });
});

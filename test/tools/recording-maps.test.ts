// Maps of a real process in a recording: any two moments of it say what became of its mappings in between.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ProcessMaps } from '../../src/app/map/process-maps.js';
import { readRecordedMaps } from '../../src/app/map/recorded-maps.js';
import { readRecording } from '../../src/app/recorded-trends.js';
import { Recorder } from '../../src/app/recorder.js';
import { TrendMonitor } from '../../src/app/trend-monitor.js';
import { ok } from '../../src/base/result.js';
import { diffMaps } from '../../src/insight/map/diff.js';
import { createSeriesTable } from '../../src/insight/series-table.js';
import type { RegionChange } from '../../src/model/map-diff.js';
import { createLineFile } from '../../src/node/line-file.js';
import { LocalReader } from '../../src/node/local-reader.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { createTarget } from '../../src/node/targets.js';
import { silentLog } from '../silent-log.js';
import { mapOf, regionsOf } from './map-programs.js';
import { value } from './target-cases.js';

const MIB = 1 << 20;

/** Does what the letters on its standard input say, and answers each with a line. */
const SOURCE = `
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
  char *mapped = 0;
  for (int letter; (letter = getchar()) != EOF;) {
    if (letter == 'm') memset(mapped = mmap(0, 8 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), 1, 8 << 20);
    if (letter == 'u') munmap(mapped, 8 << 20);
    if (letter == 'h') memset(sbrk(3 << 20), 1, 3 << 20);
    if (letter == '\\n') puts("done"), fflush(stdout);
  }
  return 0;
}
`;

const local = { name: 'local', config: { kind: 'local' } } as const;
let folder: string;
let program: string;
let child: ChildProcess | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'memlens-recording-maps-'));
  program = join(folder, 'told');
  writeFileSync(`${program}.c`, SOURCE);
  execFileSync('gcc', ['-O1', '-w', '-o', program, `${program}.c`], { stdio: 'pipe' });
});
afterEach(() => child?.kill('SIGKILL'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('any two moments of a recording tell what became of the mappings between them', async () => {
  child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const pid = child.pid!;
  const answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const tell = async (letters: string): Promise<void> => {
    child!.stdin!.write(`${letters}\n`);
    expect((await answers.next()).value).toBe('done');
  };
  await tell('h');

  const target = createTarget(local, { log: silentLog });
  const monitor = new TrendMonitor({
    target: local,
    source: { openReader: () => Promise.resolve(ok(new LocalReader())) },
    clock: nodeClock,
    epochMs: Date.now,
    log: silentLog,
    settings: { intervalMs: 200, budget: 0.5 },
    createSeries: createSeriesTable,
  });
  const path = join(folder, 'real.memlens');
  const time = { clock: nodeClock, epochMs: Date.now };
  value(await monitor.watch(pid));
  const recorder = new Recorder(monitor, value(await createLineFile(path, false)), {
    created: Date.now(),
    tool: 'test',
    // Never by itself: at the beginning, at marks and at the end.
    maps: { everyMs: 3_600_000, budget: () => 0.9, clock: nodeClock, sourceOf: (key) => new ProcessMaps(target, key, time) },
  });
  const maps = (): number =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => /^\{"k":"map".*"last":true/.test(line)).length;
  const mapsAre = (count: number): Promise<void> => expect.poll(maps, { timeout: 60_000 }).toBe(count);

  await mapsAre(1);
  await tell('m');
  monitor.mark({ kind: 'mark', detail: 'mapped' });
  await mapsAre(2);
  const direct = await mapOf(target, pid);
  await tell('uh');
  monitor.mark({ kind: 'mark', detail: 'unmapped' });
  await mapsAre(3);
  await tell('m');
  // A map at the end is none where one has just come.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(await recorder.stop()).toEqual(ok(undefined));
  monitor.dispose();
  target.dispose();

  const read = () => createReadStream(path, { encoding: 'utf8', highWaterMark: 10_007 });
  const trends = (await readRecording(read()))!;
  expect(trends.notes).toEqual([]);
  expect(trends.events.map(({ detail }) => detail)).toEqual(['mapped', 'unmapped']);
  const [process] = trends.processes;
  expect(process!.series.latest('rss')!.value).toBeGreaterThan(MIB);
  const { snapshots: moments, labels } = await readRecordedMaps(read(), process!);
  expect(moments).toHaveLength(4);
  expect(moments.map((moment) => labels.get(moment))).toEqual([undefined, 'mapped', 'unmapped', undefined]);
  expect(moments.map(({ at }) => at)).toEqual(process!.maps.map(({ at }) => at));
  expect(moments[1]!.origin).toEqual(direct.origin);
  expect(regionsOf(moments[1]!)).toEqual(regionsOf(direct));
  expect(moments[1]!.table.flags).toEqual(direct.table.flags);
  expect(Object.keys(moments[1]!.table.figures)).toEqual(Object.keys(direct.table.figures));
  expect(moments[1]!.table.figures['Rss']).toEqual(direct.table.figures['Rss']);

  const changes = (before: number, after: number): readonly RegionChange[] => diffMaps(moments[before]!, moments[after]!).changes;
  const large = (before: number, after: number) =>
    changes(before, after)
      .filter(({ delta }) => Math.abs(delta.size ?? 0) >= MIB)
      .map(({ kind, delta, was, now }) => [kind, (now ?? was)!.segment, delta.size! / MIB, delta.rss! / MIB]);
  expect(large(0, 1)).toEqual([['new', 'shared-anonymous', 8, 8]]);
  expect(large(1, 2)).toEqual([
    ['gone', 'shared-anonymous', -8, -8],
    ['grown', 'heap', 3, 3],
  ]);
  expect(large(0, 3)).toEqual([
    ['new', 'shared-anonymous', 8, 8],
    ['grown', 'heap', 3, 3],
  ]);
});

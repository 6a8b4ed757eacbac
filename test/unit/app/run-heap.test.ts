import { describe, expect, test } from 'vitest';
import { type RecordedRun, readRunHeap } from '../../../src/app/run-heap.js';
import { FoldingSink } from '../../../src/findings/fold.js';
import { MemoryTarget } from './memory-target.js';

/** What heaptrack_interpret writes: 333 bytes in one block by main, in /there/prog; 8 bytes were freed. */
const RECORD = `v 10400 3
X prog
I 1000 100
s b /there/prog
s 4 main
s 8 /src/a.c
i 1 1 2 3 7
t 1 0
a 14d 1
+ 0
a 8 1
+ 1
- 1
# strings: 3
# ips: 1
`;

const read = async (files: Readonly<Record<string, string>>, here = '/there/prog') => {
  const sink = new FoldingSink();
  const run = {
    reports: new MemoryTarget(files),
    reportDir: '/run',
    prepared: { program: { path: here }, engine: { id: 'heaptrack' } },
    site: { program: { path: '/there/prog' } },
  } as unknown as RecordedRun;
  const unpackers = () => Promise.resolve({ gzip: (chunks: AsyncIterable<Uint8Array>) => chunks });
  return { sink, ...(await readRunHeap(run, 'heaptrack.txt', unpackers, sink)) };
};

describe('what a recorder has written of a run', () => {
  test('gives the profile, and what was not freed as findings', async () => {
    const { sink, files, partial, profile } = await read({ '/run/heaptrack.txt': RECORD });
    expect({ files, partial }).toEqual({ files: 1, partial: false });
    expect(sink.findings).toMatchObject([{ engine: 'heaptrack', leakKind: 'unfreed', bytes: 333, blocks: 1 }]);
    expect(sink.findings[0]?.stacks[0]?.frames).toMatchObject([{ function: 'main', file: '/src/a.c', line: 7 }]);
    expect(profile?.timeline).toBeDefined();
  });

  test('a copy of the program has the name of the file that was copied', async () => {
    const { sink, profile } = await read({ '/run/heaptrack.txt': RECORD }, '/home/prog');
    expect(sink.findings[0]?.stacks[0]?.frames[0]?.module).toBe('/home/prog');
    expect(profile?.texts).not.toContain('/there/prog');
  });

  test('one that was cut says so, and keeps what came before', async () => {
    const { sink, partial, notes } = await read({ '/run/heaptrack.txt': RECORD.slice(0, RECORD.indexOf('a 8 1')) });
    expect(partial).toBe(true);
    expect(notes).toContainEqual(expect.objectContaining({ severity: 'warning', code: 'cut' }));
    expect(sink.findings).toHaveLength(1);
  });

  test.each([
    ['nothing was recorded', { '/run/heaptrack.txt': '# strings: 0\n# ips: 0\n' }],
    ['there is no file', {}],
  ])('%s: that is no report', async (_name, files) => {
    const { sink, ...rest } = await read(files);
    expect(rest).toEqual({ files: 0, partial: false, fromCheck: false, notes: [] });
    expect(sink.findings).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { keptSystem, readKeptSystem, readMarks, writeMarks } from '../../../../src/app/system/kept-system.js';
import { missingTexts } from '../../../../src/app/system/missing-words.js';
import { processAt } from '../../../../src/app/system/process-at.js';
import { MemoryTarget } from '../memory-target.js';
import { aState, SMALL } from './a-state.js';

describe('what outlives the window', () => {
  test('a target and files come back as they were', () => {
    const target = { kind: 'target', target: { name: 'board', config: { kind: 'ssh', host: 'board' } } } as const;
    const files = { kind: 'files', paths: ['/tmp/a', '/tmp/b'] } as const;
    for (const kept of [target, files]) expect(readKeptSystem(JSON.parse(JSON.stringify(keptSystem(kept))))).toEqual(kept);
  });

  test('what nobody has kept is nothing', () => {
    for (const state of [undefined, null, 4, {}, { files: ['relative'] }, { files: [] }, { subjects: [{}] }]) {
      expect(readKeptSystem(state)).toBeUndefined();
    }
  });

  test('marks come back with their states; what is broken is left out', () => {
    const marks = [
      { id: 1, at: 5, label: '', state: aState(SMALL) },
      { id: 2, at: 6, label: 'x', state: aState(SMALL, { at: 7 }), droppedTo: 3 },
    ];
    const text = writeMarks(marks, 'memlens 1.0.0');
    expect(readMarks(text)).toEqual(marks);
    const broken = JSON.parse(text) as { marks: unknown[] };
    broken.marks.push({ id: 'x' }, { id: 3, at: 1, label: '', state: 'no JSON' }, 7);
    expect(readMarks(JSON.stringify(broken))).toHaveLength(2);
    for (const other of ['', '{', '[]', '{"version":9,"marks":[]}', 'null']) expect(readMarks(other)).toEqual([]);
  });
});

describe('what could not be read', () => {
  test('says why and what helps; only what root may read has the setting', () => {
    const files = [
      { path: '/proc/vmallocinfo', why: 'permission' },
      { path: '/proc/pressure/memory', why: 'absent' },
      { path: '/proc/slabinfo', why: 'not-understood', count: 2 },
      { path: '/proc/zoneinfo', why: 'not-understood' },
      { path: '/proc/PID/smaps_rollup', why: 'not-in-time', count: 3 },
      { path: '/proc/swaps', why: 'unreadable' },
      { path: 'find /dev/shm', why: 'absent' },
    ] as const;
    const live = missingTexts(files, true);
    expect(live.map(({ needsRoot }) => needsRoot)).toEqual([true, false, false, false, false, false, false]);
    expect(live[0]!.remedy).toContain('memlens.rootCommand');
    expect(live[1]!.remedy).toContain('CONFIG_PSI');
    expect(live[2]!.why).toBe('2 lines of it were not understood.');
    expect(live[4]!.why).toContain('3 files of it were left out');
    expect(live[6]!.why).toBe('The program is not there.');
    const saved = missingTexts(files, false);
    expect(saved.some(({ needsRoot }) => needsRoot)).toBe(false);
    expect(saved[1]!.remedy).toBe('Save it with the others: cat /proc/pressure/memory');
  });
});

describe('the process of a number', () => {
  const stat =
    '42 (evil ) name) S 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 777 1 1 1 94 95 96 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0';
  const target = new MemoryTarget({ '/proc/42/stat': stat });

  test('is it only as long as it is called so', async () => {
    expect(await processAt(target, 42, 'evil ) name')).toMatchObject({ ok: true, value: { pid: 42, startTicks: 777 } });
    expect(await processAt(target, 42, '')).toMatchObject({ ok: true, value: { command: 'evil ) name' } });
    expect(await processAt(target, 42, 'other')).toMatchObject({ ok: false, error: { code: 'not-found', what: 'process' } });
    expect(await processAt(target, 43, '')).toMatchObject({ ok: false, error: { code: 'not-found', what: 'process' } });
  });
});

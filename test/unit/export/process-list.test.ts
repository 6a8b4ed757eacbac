import { describe, expect, test } from 'vitest';
import { PROCESS_COLUMNS, sortProcesses } from '../../../src/export/process-columns.js';
import { processCsv, processJson, processText } from '../../../src/export/process-list.js';
import type { ProcessRow } from '../../../src/model/process.js';

const row = (pid: number, more: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  startTicks: 100 + pid,
  parent: 1,
  command: `p${pid}`,
  commandLine: `/bin/p${pid} --x`,
  state: 'S',
  kernelThread: false,
  vsz: 10_485_760,
  rss: 2_097_152,
  threads: 1,
  ...more,
});
const column = (id: string) => {
  const found = PROCESS_COLUMNS.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

describe('a list of processes', () => {
  const rows = [
    row(1, { uss: 1000, pss: 2000, swap: 0, user: 'root', uid: 0 }),
    row(2, { rollupUnknown: 'permission', uid: 7 }),
    row(3, { uss: 500_000, pss: 600_000, swap: 4096, user: 'ann', uid: 1000, memPercent: 12.34 }),
    row(4, { uss: 1000, pss: 1000, command: 'kworker/0:1', commandLine: '', kernelThread: true }),
  ];

  test('is sorted largest first, unknown last, and equal ones by pid', () => {
    expect(sortProcesses(rows, column('uss')).map(({ pid }) => pid)).toEqual([3, 1, 4, 2]);
    expect(sortProcesses(rows, column('pid')).map(({ pid }) => pid)).toEqual([1, 2, 3, 4]);
    expect(sortProcesses(rows, column('user')).map(({ pid }) => pid)).toEqual([2, 3, 1, 4]);
  });

  test('as text: what is not known is -, and the rest of the line says what that means', () => {
    const text = processText(rows);
    expect(text.split('\n')).toEqual([
      'PID  USER    RSS         PSS         USS     SWAP     VSZ  %MEM  THR  VMAS  OOM  COMMAND',
      '  1  root  2 MiB       2 KiB  1000 bytes  0 bytes  10 MiB     -    1     -    -  /bin/p1 --x',
      '  2  7     2 MiB           -           -        -  10 MiB     -    1     -    -  /bin/p2 --x',
      '  3  ann   2 MiB   585.9 KiB   488.3 KiB    4 KiB  10 MiB  12.3    1     -    -  /bin/p3 --x',
      '  4  -     2 MiB  1000 bytes  1000 bytes        -  10 MiB     -    1     -    -  [kworker/0:1]',
      '',
      '4 processes; PSS of 3 in all: 588.9 KiB; PSS and USS of 1 can be read by their own user or root only',
      '',
    ]);
  });

  test('names drive no terminal, and lines are cut to its width', () => {
    const text = processText([row(1, { commandLine: 'evil\x1b[2J\n\u202e' })], 200);
    expect(text).toContain('evil\\x1b[2J\\n\\u202e');
    for (const line of processText([row(1, { commandLine: '漢'.repeat(300) })], 90)
      .split('\n')
      .slice(0, 2)) {
      expect([...line].length).toBeLessThanOrEqual(90);
    }
  });

  test('as CSV: bytes with the unit in the name, unknown is empty, and no formula', () => {
    const [head = '', , second = '', ...rest] = processCsv([...rows, row(5, { commandLine: '=cmd()' })]).split('\r\n');
    const names = head.split(',');
    expect(names).toContain('ussBytes');
    expect(names).toContain('majorFaultsPerSecond');
    expect(second.split(',')[names.indexOf('ussBytes')]).toBe('');
    expect(rest.join('\n')).toContain("'=cmd()");
  });

  test('as JSON: unknown is null, with the reason', () => {
    const json = processJson(rows, { target: 'local', at: 0, facts: undefined, version: '1' }) as {
      processes: Record<string, unknown>[];
    };
    expect(json).toMatchObject({ schemaVersion: 1, target: 'local', at: '1970-01-01T00:00:00.000Z', machine: null });
    expect(json.processes[1]).toMatchObject({ pid: 2, ussBytes: null, user: null, uid: 7, rollupUnknown: 'permission' });
    expect(json.processes[3]).toMatchObject({ command: 'kworker/0:1', commandLine: '', kernelThread: true });
  });
});

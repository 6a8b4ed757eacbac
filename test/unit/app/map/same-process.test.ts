import { describe, expect, it } from 'vitest';
import { sameProcess } from '../../../../src/app/map/same-process.js';
import { MemoryTarget } from '../memory-target.js';

const stat = (state: string, startTicks: number): string => {
  const rest = Array.from({ length: 48 }, (_, index) => (index === 18 ? startTicks : 1));
  return `7 (a) b\n) ${state} ${rest.join(' ')}\n`;
};

const ask = async (text: string | undefined) => {
  const target = new MemoryTarget(text === undefined ? {} : { '/proc/7/stat': text });
  const same = await sameProcess(target, { pid: 7, startTicks: 1007 });
  return same.ok ? 'same' : same.error;
};

describe('a process that is known by its number', () => {
  it('is the same while it began then and still runs', async () => {
    expect(await ask(stat('S', 1007))).toBe('same');
    expect(await ask(stat('T', 1007))).toBe('same');
  });

  it('has ended when nobody, a zombie or another process has its number', async () => {
    const gone = { code: 'not-found', path: '/proc/7', what: 'process' };
    for (const text of [undefined, stat('S', 1008), stat('Z', 1007), stat('X', 1007), 'nonsense', '']) {
      expect(await ask(text)).toEqual(gone);
    }
  });

  it('is not known where the target is lost', async () => {
    const lost = { code: 'target-unreachable', target: 'board', detail: '' } as const;
    const target = Object.assign(new MemoryTarget({}), { readBytes: async () => ({ ok: false, error: lost }) });
    expect(await sameProcess(target, { pid: 7, startTicks: 1 })).toMatchObject({ error: lost });
  });
});

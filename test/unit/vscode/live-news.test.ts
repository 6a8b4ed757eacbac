import { describe, expect, it } from 'vitest';
import type { HeapProfile } from '../../../src/model/heap-profile.js';
import { growingWords, withoutLinks } from '../../../src/vscode/live-news.js';
import { isLiveRequest, processTitle } from '../../../src/vscode/live-request.js';

const profile = (values: readonly number[], unit: 'bytes' | 'count' = 'bytes') =>
  ({ measures: [{ quantity: 'touched', unit }], chief: 0, self: [Float64Array.from(values)] }) as unknown as HeapProfile;

describe('what is told while a process is looked into', () => {
  it('counts the stacks that grow', () => {
    expect(growingWords(profile([0, 4096, 0, 8192]))).toBe('2 stacks, 12 KiB so far');
    expect(growingWords(profile([0, 3], 'count'))).toBe('1 stack, 3 so far');
    expect(growingWords(profile([0, 0]))).toBeUndefined();
  });

  it('makes no link of what a process is called', () => {
    expect(withoutLinks('[x](command:workbench.action.quit)')).not.toContain('](');
    const name = processTitle('[a](command:b)', 7, { name: 'board', config: { kind: 'ssh', host: 'board' } });
    expect(name).toBe('(a)(command:b) (7) · board');
  });

  it('takes nothing for a process that is none', () => {
    const request = { subject: { monitor: {} }, pid: 7, command: 'x' };
    expect(isLiveRequest(request)).toBe(true);
    for (const other of [undefined, null, 7, {}, { ...request, pid: '7' }, { ...request, subject: {} }]) {
      expect(isLiveRequest(other)).toBe(false);
    }
  });
});

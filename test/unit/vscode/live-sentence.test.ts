import { describe, expect, it } from 'vitest';
import type { LiveOutcome } from '../../../src/model/live.js';
import type { PlacedFinding, Report } from '../../../src/model/report.js';
import { liveSentence } from '../../../src/vscode/live-sentence.js';

const outcome = (more: Partial<LiveOutcome> = {}): LiveOutcome =>
  ({ way: 'perf-faults', overMs: 30_200, findings: [], notes: [], ...more }) as unknown as LiveOutcome;
const report = (findings: readonly object[], notes: readonly object[] = []): Report =>
  ({ findings: findings as PlacedFinding[], notes }) as unknown as Report;
const grows = { bytes: 12_582_912, place: { function: 'serve', file: '/src/server.c', line: 88, column: null } };

describe('what is said of a look into a process', () => {
  it('how much, how long, where, and that the process goes on', () => {
    expect(liveSentence('server (7)', 'Page faults (perf)', outcome(), report([grows, { ...grows, bytes: 1 }]))).toBe(
      'Page faults (perf): server (7): 2 findings, 12 MiB in 30 s; most of it at serve (server.c:88). It goes on running.',
    );
  });

  it('no more than was seen, when nothing was', () => {
    expect(liveSentence('server (7)', 'Mappings', outcome({ overMs: 2000 }), report([]))).toBe(
      'Mappings: server (7): nothing that grows or is lost was found in 2.0 s. It goes on running.',
    );
  });

  it('not that a process goes on that has ended, and why it was let go', () => {
    expect(liveSentence('server (7)', 'heaptrack', outcome({ ended: 'exited' }), report([]))).toContain('It ended meanwhile.');
    expect(liveSentence('server (7)', 'heaptrack', outcome({ ended: 'too-slow' }), report([]))).toContain(
      'slower than the limit',
    );
    expect(liveSentence('server (7)', 'heaptrack', outcome({ ended: 'user' }), report([]))).toContain('You stopped looking');
  });

  it('what malloc says of itself', () => {
    const note = { code: 'malloc-use', severity: 'info', text: 'malloc holds 20 MiB.' };
    expect(liveSentence('server (7)', 'malloc', outcome(), report([], [note]))).toBe(
      'malloc: server (7): malloc holds 20 MiB. It goes on running.',
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeptMap, keptMap, readKeptMap } from '../../../../src/app/map/kept-map.js';

const target = { name: 'board', config: { kind: 'ssh', host: 'board' } } as const;
const process = { pid: 7, startTicks: 1007, command: 'c (x)', commandLine: '/bin/c --all' };

describe('what a Memory Map shows, over a reload of the window', () => {
  it('is read back from JSON as it was', () => {
    const all: readonly KeptMap[] = [
      { kind: 'process', target, process },
      { kind: 'files', paths: ['/tmp/a b.smaps', '/tmp/c\nd'] },
    ];
    for (const kept of all) expect(readKeptMap(JSON.parse(JSON.stringify(keptMap(kept))))).toEqual(kept);
  });

  it('is nothing where the state is not understood', () => {
    for (const state of [
      undefined,
      null,
      3,
      {},
      { files: [] },
      { files: ['relative'] },
      { files: ['/a', 3] },
      { subjects: [] },
    ]) {
      expect(readKeptMap(state)).toBeUndefined();
    }
    // A machine has no map.
    expect(readKeptMap({ subjects: [{ target }] })).toBeUndefined();
    fc.assert(
      fc.property(fc.anything(), (state) => {
        readKeptMap(state);
        readKeptMap({ files: state });
        readKeptMap({ subjects: [state] });
      }),
    );
  });
});

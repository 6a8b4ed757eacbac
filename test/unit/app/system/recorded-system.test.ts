import { describe, expect, it } from 'vitest';
import { openSystem } from '../../../../src/app/system/open-system.js';
import { openRecorded, type RecordedSystem } from '../../../../src/app/system/recorded-system.js';
import { evidenceOf, watchOf } from '../../../../src/app/system/watch-system.js';
import { CancelSource, neverCancelled } from '../../../../src/base/cancel.js';
import { RecordingWriter } from '../../../../src/export/recording.js';
import { accountMachine } from '../../../../src/insight/system/accounting.js';
import { systemFindings } from '../../../../src/insight/system/rules.js';
import { MemoryTarget } from '../memory-target.js';

const BEGIN = 1_700_000_000_000;
const MIB = 1 << 20;
const machine = { bootId: 'boot-1', hostname: 'board', kernelRelease: '6.1.0', pageSize: 4096, ticksPerSecond: 100 };

interface Options {
  readonly seconds: number;
  readonly perSecond?: number;
  readonly rebootAt?: number;
  readonly ends?: boolean;
}

/** A recording of a machine of 1 GiB whose available memory falls. */
function recording({ seconds, perSecond = 0, rebootAt, ends = true }: Options): string {
  const writer = new RecordingWriter();
  const lines = [writer.header({ created: BEGIN, tool: 'memlens 1', target: { name: 'board', kind: 'ssh' }, machine })];
  for (let second = 0; second < seconds; second++) {
    const at = BEGIN + second * 1000;
    if (second === rebootAt) lines.push(writer.event({ at, kind: 'reboot' }));
    const taken = perSecond * (second - (rebootAt !== undefined && second >= rebootAt ? rebootAt : 0));
    const values = new Map([
      ['meminfo.MemTotal', 1024 * MIB],
      ['meminfo.MemFree', 700 * MIB],
      ['meminfo.MemAvailable', 800 * MIB - taken],
      ['meminfo.AnonPages', 100 * MIB + taken],
      ['meminfo.HugePages_Total', 3],
      ['part.free', 700 * MIB],
      ['vm.majorFaults', 2],
      ['psi.some10', 0],
      ['psi.full10', 0],
    ]);
    lines.push(...writer.sample(at, [{ of: 0, values }]));
  }
  if (ends) lines.push(writer.end(BEGIN + seconds * 1000));
  return `${lines.join('\n')}\n`;
}

async function open(text: string): Promise<RecordedSystem> {
  const opened = await openRecorded('/r/trend.memlens', new MemoryTarget({ '/r/trend.memlens': text }), neverCancelled);
  if (opened?.ok !== true) throw new Error(JSON.stringify(opened));
  return opened.value;
}

describe('a recording as the memory of a machine', () => {
  it('is the machine at its end, with what was measured: when memory is gone', async () => {
    const seen = await open(recording({ seconds: 600, perSecond: MIB / 4 }));
    expect(seen.state).toMatchObject({
      source: '/r/trend.memlens',
      facts: { at: BEGIN + 599_000, pageSize: 4096, kernelRelease: '6.1.0', bootId: 'boot-1' },
    });
    expect(seen.state.facts.meminfo).toContainEqual({ name: 'HugePages_Total', value: 3, unit: 'count' });
    expect(accountMachine(seen.state.facts)?.total).toBe(1024 * MIB);
    const [falls] = systemFindings(evidenceOf(seen));
    expect(falls).toMatchObject({ rule: 'available-falls', severity: 'error' });
    expect(falls?.evidence['ratePerHour']).toBeCloseTo(900 * MIB, -6);
    expect(watchOf(seen)?.growth.find(({ name }) => name === 'applications')?.change).toBe((599 * MIB) / 4);
    expect(watchOf(seen)?.rates).toEqual({ duringMs: 60_000, majorFaults: 2 });
  });

  it('judges what was recorded since the last start of the machine only', async () => {
    const seen = await open(recording({ seconds: 600, perSecond: MIB / 4, rebootAt: 580 }));
    expect(watchOf(seen)).toMatchObject({ from: BEGIN + 580_000, available: { samples: 20, state: 'undecided' } });
    expect(seen.before?.facts.at).toBe(BEGIN + 580_000);
  });

  it('says what no recording has, and that its end is missing', async () => {
    const { state } = await open(recording({ seconds: 5, ends: false }));
    expect(state.missing).toContainEqual({ path: '/proc/slabinfo', why: 'absent' });
    expect(state.missing).toContainEqual({ path: '/r/trend.memlens: the last line', why: 'absent' });
  });

  it('a damaged one is read as far as it goes, and one of nothing is refused', async () => {
    const lines = recording({ seconds: 50 }).split('\n');
    lines[20] = '{"k":"s",\0\0';
    const { state } = await open(lines.join('\n'));
    expect(state.missing.some(({ why }) => why === 'not-understood')).toBe(true);
    const header = recording({ seconds: 0 });
    expect(await openRecorded('/r', new MemoryTarget({ '/r': header }), neverCancelled)).toEqual({
      ok: false,
      error: { code: 'unrecognised-system', path: '/r' },
    });
  });

  it('other files are none', async () => {
    for (const text of ['', 'MemTotal: 5 kB\n', '{"format":"memlens-system"}', '\0\x1f\x8b'])
      expect(await openRecorded('/r', new MemoryTarget({ '/r': text }), neverCancelled)).toBeUndefined();
    const target = new MemoryTarget({ '/folder/meminfo': recording({ seconds: 5 }) });
    expect(await openRecorded('/folder', target, neverCancelled)).toBeUndefined();
    expect(await openRecorded('/none', target, neverCancelled)).toMatchObject({ ok: false });
  });

  it('opens as a state, too, and ends when it is cancelled', async () => {
    const target = new MemoryTarget({ '/r': recording({ seconds: 5 }) });
    expect(await openSystem('/r', target, neverCancelled)).toMatchObject({ ok: true, value: { facts: { at: BEGIN + 4000 } } });
    const cancel = new CancelSource();
    cancel.cancel();
    expect(await openSystem('/r', target, cancel)).toEqual({ ok: false, error: { code: 'cancelled' } });
  });
});

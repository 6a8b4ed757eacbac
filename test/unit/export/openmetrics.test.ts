import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MetricSeries, openMetrics, processLabels } from '../../../src/export/openmetrics.js';
import { machineValues } from '../../../src/insight/machine-values.js';
import { measureOf } from '../../../src/insight/measures.js';
import { PROCESS_MEASURES } from '../../../src/model/measure.js';
import { parseMeminfo } from '../../../src/procfs/meminfo.js';
import { textOf } from '../procfs/fixture.js';
import { readOpenMetrics } from './read-openmetrics.js';

const series = (id: string, labels: MetricSeries['labels'], ...pairs: readonly (readonly [number, number])[]): MetricSeries => ({
  measure: measureOf(id),
  labels,
  points: { at: Float64Array.from(pairs, ([at]) => at), value: Float64Array.from(pairs, ([, value]) => value) },
});
const text = (all: readonly MetricSeries[], points: 'now' | 'history' = 'now'): string => [...openMetrics(all, points)].join('');

describe('openMetrics', () => {
  it('writes a snapshot without moments', () => {
    const labels = processLabels({ pid: 12, startTicks: 461288 }, 'web "x"\\\n');
    expect(text([series('rss', labels, [1000, 1], [2000, 4096])])).toBe(
      [
        '# TYPE memlens_process_rss_bytes gauge',
        '# UNIT memlens_process_rss_bytes bytes',
        `# HELP memlens_process_rss_bytes ${measureOf('rss').definition}`,
        'memlens_process_rss_bytes{pid="12",starttime="461288",comm="web \\"x\\"\\\\\\n"} 4096',
        '# EOF',
        '',
      ].join('\n'),
    );
  });

  it('writes a history with moments, each metric in one piece', () => {
    const all = [
      series('rss', { pid: '1' }, [1767323045250, 1], [1767323046250, 2.5]),
      series('uss', { pid: '1' }, [1767323045250, 3]),
      series('rss', { pid: '2' }, [1767323045250, 4]),
    ];
    const [rss, uss] = readOpenMetrics(text(all, 'history'));
    expect(rss?.samples).toEqual([
      { labels: { pid: '1' }, value: 1, at: 1767323045.25 },
      { labels: { pid: '1' }, value: 2.5, at: 1767323046.25 },
      { labels: { pid: '2' }, value: 4, at: 1767323045.25 },
    ]);
    expect(uss?.samples).toHaveLength(1);
  });

  it('gives the fields of meminfo the names of node_exporter', () => {
    const names = (...ids: string[]) => readOpenMetrics(text(ids.map((id) => series(id, {}, [1, 1])))).map(({ name }) => name);
    expect(
      names('meminfo.MemTotal', 'meminfo.Active(anon)', 'meminfo.HugePages_Total', 'meminfo.Hugepagesize', 'meminfo.DirectMap4k'),
    ).toEqual([
      'node_memory_MemTotal_bytes',
      'node_memory_Active_anon_bytes',
      'node_memory_HugePages_Total',
      'node_memory_Hugepagesize_bytes',
      'node_memory_DirectMap4k_bytes',
    ]);
    expect(names('meminfo.Driver Pool (2)', 'load.one', 'vm.majorFaults', 'vm.swapIn', 'swap.used')).toEqual([
      'node_memory_Driver_Pool__2_bytes',
      'node_load1',
      'memlens_vm_major_faults_per_second',
      'memlens_vm_swap_in_bytes_per_second',
      'memlens_swap_used_bytes',
    ]);
  });

  it('tells the parts, and the windows of pressure, by a label; percent as a ratio', () => {
    const all = ['part.free', 'part.shared', 'psi.some10', 'psi.some60', 'psi.full10'].map((id) =>
      series(id, { target: 'a' }, [1, 7]),
    );
    const families = readOpenMetrics(text(all));
    expect(families.map(({ name, samples }) => [name, samples.map(({ labels, value }) => [labels, value])])).toEqual([
      [
        'memlens_memory_part_bytes',
        [
          [{ part: 'free', target: 'a' }, 7],
          [{ part: 'shared', target: 'a' }, 7],
        ],
      ],
      [
        'memlens_memory_pressure_some_ratio',
        [
          [{ window: '10s', target: 'a' }, 0.07],
          [{ window: '60s', target: 'a' }, 0.07],
        ],
      ],
      ['memlens_memory_pressure_full_ratio', [[{ window: '10s', target: 'a' }, 0.07]]],
    ]);
  });

  it('writes everything that there is of a machine and of a process as valid text', () => {
    const meminfo = parseMeminfo(textOf('linux/6.18/meminfo'));
    const values = machineValues({ at: 1, meminfo, counters: {} });
    const all = [
      ...[...values].map(([id, value]) => series(id, {}, [1, value])),
      ...PROCESS_MEASURES.map((id) => series(id, {}, [1, 2])),
    ];
    const families = readOpenMetrics(text(all));
    expect(families.length).toBeGreaterThan(60);
    for (const { help, name, unit } of families) {
      expect(help, name).toBeTruthy();
      expect(unit, name).toBe(/_bytes$/.test(name) ? 'bytes' : undefined);
    }
    expect(families.find(({ name }) => name === 'node_memory_MemTotal_bytes')?.samples[0]?.value).toBe(meminfo[0]?.value);
  });

  it('leaves out what is not known, moments that do not go up, and a metric that comes again', () => {
    const odd = series('rss', {}, [5, Number.NaN], [6, 1], [6, 2], [4, 3], [7, Number.POSITIVE_INFINITY], [8, -0]);
    const [family] = readOpenMetrics(text([odd, series('rss', {}, [9, 9])], 'history'));
    expect(family?.samples.map(({ at, value }) => [at, value])).toEqual([
      [0.006, 1],
      [0.008, 0],
    ]);
    expect(readOpenMetrics(text([series('rss', {}, [1, Number.NaN])]))[0]?.samples).toEqual([]);
    expect(text([])).toBe('# EOF\n');
  });

  it('writes half a surrogate pair as the replacement character, and a whole one as it is', () => {
    const [family] = readOpenMetrics(text([series('rss', { comm: 'a\ud800b\udc00 \u{1f600}' }, [1, 1])]));
    expect(family?.samples[0]?.labels).toEqual({ comm: 'a\ufffdb\ufffd \u{1f600}' });
  });

  it('is valid for any names and numbers, and reads back', () => {
    const moments = fc.array(fc.tuple(fc.nat(1e13), fc.double({ noNaN: true, noDefaultInfinity: true })), { maxLength: 5 });
    const ids = fc.oneof(
      fc.constantFrom('rss', 'meminfo.Cached', 'psi.some10'),
      fc.string({ unit: 'binary' }).map((name) => `meminfo.${name}`),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(ids, fc.string({ unit: 'binary' }), moments), { maxLength: 6 }), (some) => {
        const all = some.map(([id, comm, pairs]) => series(id, { comm }, ...pairs));
        for (const points of ['now', 'history'] as const) {
          for (const family of readOpenMetrics(text(all, points))) {
            const names = some.map(([, comm]) => comm.replace(/\p{Cs}/gu, '\ufffd'));
            for (const { labels } of family.samples) expect(names).toContain(labels['comm']);
          }
        }
      }),
    );
  });
});

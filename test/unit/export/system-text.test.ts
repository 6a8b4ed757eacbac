import { describe, expect, it } from 'vitest';
import { systemDiffText } from '../../../src/export/system-diff-text.js';
import { systemText } from '../../../src/export/system-text.js';
import { systemGrowth } from '../../../src/insight/system/diff.js';
import { systemFindings } from '../../../src/insight/system/rules.js';
import type { SystemFacts } from '../../../src/model/machine-accounting.js';
import type { SystemState } from '../../../src/model/system-state.js';
import { factsOf } from '../insight/system/facts.js';

const stateOf = (facts: SystemFacts, more: Partial<SystemState> = {}): SystemState => ({
  source: 'ssh:board',
  facts,
  owners: {},
  missing: [],
  ...more,
});
const textOf = (state: SystemState, options: { readonly verbose?: boolean; readonly width?: number } = {}): string =>
  [...systemText(state, { findings: systemFindings({ now: state.facts }), verbose: false, ...options })].join('');

const FIELDS = { MemTotal: 10_000, MemFree: 4000, Buffers: 0, Cached: 3000, Shmem: 1000, AnonPages: 2000, Mapped: 500 };

describe('a machine as text', () => {
  it('has the parts, what is inside of them further in, and the unexplained with its sign', () => {
    const text = textOf(stateOf(factsOf(FIELDS)));
    expect(text).toContain(
      [
        'MEMORY                        KiB      %',
        'MemTotal                   10,000  100.0',
        '  Applications              2,000   20.0  AnonPages',
        '  Shared memory and tmpfs   1,000   10.0  Shmem',
        '  Page cache                2,000   20.0  Cached, Shmem',
        '      mapped by processes     500    5.0  Mapped (also of: Shared memory and tmpfs)',
        '  Free                      4,000   40.0  MemFree',
        '  Unexplained              +1,000   10.0  MemTotal less all of the above',
        '',
      ].join('\n'),
    );
    expect(textOf(stateOf(factsOf(FIELDS)), { verbose: true })).toMatch(/\n {2}Buffers +0 +0\.0 {2}Buffers\n/);
  });

  it('says that /proc hides the processes of others, and that they are in no sum', () => {
    const rows = [{ pid: 7, name: 'own', pss: 4096, pssAnon: 4096, rss: 8192 }];
    const missing = [{ path: '/proc/PID', why: 'permission' }] as const;
    const text = textOf(stateOf(factsOf(FIELDS), { owners: { processes: { rows, withoutPss: 0 } }, missing }));
    expect(text).toContain(
      'PSS of 1 process: 4 KiB; 4 KiB of it anonymous, of 2 MiB of Applications; those of other users are hidden',
    );
    expect(text).toContain('  /proc/PID: the processes of other users are hidden (hidepid), only root sees them\n');
    expect(text).toContain('--root-command "sudo -n"');
  });

  it('says what is counted twice, and which fields likely hold it', () => {
    const text = textOf(stateOf(factsOf({ ...FIELDS, Slab: 2000, SReclaimable: 100, SUnreclaim: 1900 })));
    expect(text).toMatch(/\n {2}Unexplained +-1,000 +-10\.0 {2}/);
    expect(text).toContain('docs/system.md#counted-twice');
  });

  it('shows free of this machine among the others, and lists fields that nobody knows', () => {
    const text = textOf(stateOf(factsOf({ ...FIELDS, MemAvailable: 6000, VendorPool: 700 }), { procps: '4.0.2' }));
    expect(text).toMatch(/\nsince 4\.0\.1 \(here: 4\.0\.2\) +9\.8 MiB +3\.9 MiB /);
    expect(text).toContain('Fields that nobody knows, not added: VendorPool 700 KiB\n');
  });

  it('tells MemAvailable as an estimate, and with --verbose what each item is', () => {
    const state = stateOf(factsOf({ ...FIELDS, MemAvailable: 6000 }));
    expect(textOf(state)).toContain('MemAvailable: 5.9 MiB (60 %), an estimate');
    expect(textOf(state)).not.toContain('Where to look');
    const words = textOf(state, { verbose: true });
    expect(words).toContain('free CMA for everybody');
    expect(words).toMatch(
      /\nApplications\n {2}Memory of processes that is of no file[^\n]*\n {2}Less of it: [^\n]+\n {2}Where to look: [^\n]+\n {2}https:\/\/docs\.kernel\.org\//,
    );
    expect(words).toMatch(/\nUnexplained\n {2}MemTotal less all/);
    expect(textOf(stateOf(factsOf(FIELDS)))).not.toContain('MemAvailable:');
  });

  it('lets no name of a finding drive the terminal', () => {
    const bad = '/a\u001b[31m\nMemTotal 1';
    const state = stateOf(factsOf(FIELDS, { cgroups: [{ group: bad, usage: 99, limit: 100 }] }));
    const text = textOf(state);
    expect(text).toContain('has 99 % of the memory');
    expect(text).not.toContain('\u001b');
    expect(text).not.toMatch(/^MemTotal 1 /m);
  });

  it('lets no name drive the terminal or begin a line', () => {
    const bad = 'a\u001b[31m\nMemTotal 1\u202e';
    const holders = [{ pid: 1, name: bad }];
    const text = textOf(
      stateOf(
        factsOf(FIELDS, {
          pageSize: 4096,
          kernelRelease: bad,
          cgroups: [{ group: bad, usage: 1, limit: 'max' }],
          swaps: [{ name: bad, type: 'file', size: 1, used: 1 }],
          modules: [{ name: bad, size: 1, usedBy: [] }],
          slab: [{ name: bad, activeObjects: 1, objects: 1, objectSize: 1, pagesPerSlab: 1, activeSlabs: 1, slabs: 1 }],
          vmalloc: [{ from: '0x1', to: '0x2', size: 8192, caller: bad, pages: 1, flags: ['vmalloc'], nodes: [] }],
        }),
        {
          source: bad,
          owners: {
            processes: { rows: [{ pid: 1, name: bad, user: bad, rss: 1 }], withoutPss: 1 },
            mounts: [{ type: 'tmpfs', mountPoint: bad, source: bad, device: '0:1', used: 1 }],
            files: [{ kind: 'tmpfs', path: bad, bytes: 1, holders }],
            dmaBufs: [{ name: bad, exporter: bad, bytes: 1, holders }],
          },
          missing: [{ path: bad, why: 'unreadable' }],
          rootRefused: bad,
        },
      ),
    );
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u202e');
    expect(text.match(/^MemTotal/gm)).toHaveLength(1);
    // In each place where a name is shown it is there, in letters.
    expect(text.split('a\\x1b[31m\\nMemTotal 1\\u202e').length - 1).toBe(17);
  });

  it('cuts its tables at the width of a terminal', () => {
    const lines = textOf(stateOf(factsOf(FIELDS)), { width: 40 }).split('\n');
    const table = lines.slice(lines.findIndex((line) => line.startsWith('MEMORY')));
    const rows = table.slice(0, table.indexOf(''));
    expect(rows.length).toBeGreaterThan(5);
    expect(Math.max(...rows.map((line) => line.length))).toBe(40);
  });

  it('leaves out the smaller owners, with their number and sum', () => {
    const rows = Array.from({ length: 14 }, (_, i) => ({ pid: i + 1, name: `p${i}`, pss: 1024 * (i + 1), pssAnon: 1024 * i }));
    const state = stateOf(factsOf(FIELDS), { owners: { processes: { rows, withoutPss: 0 } } });
    const text = textOf(state);
    expect(text).toContain(
      '\nand 4 more: 10 KiB (all: --verbose)\nPSS of 14 processes: 105 KiB; 91 KiB of it anonymous, of 2 MiB of Applications\n',
    );
    expect(textOf(state, { verbose: true })).not.toContain('more:');
  });
});

describe('two states as text', () => {
  it('names parts by their labels, the largest change first, with what has come and gone', () => {
    const swap = (name: string, used: number) => ({ name, type: 'file', size: 1 << 20, used });
    const before = stateOf(factsOf(FIELDS, { at: 0, swaps: [swap('/old', 2048)] }));
    const after = stateOf(factsOf({ ...FIELDS, AnonPages: 2500, MemFree: 3500 }, { at: 120_000, swaps: [swap('/new', 1024)] }));
    const growth = systemGrowth(before.facts, after.facts);
    const text = [...systemDiffText({ before, after, growth, owners: [], findings: [] }, { verbose: false })].join('');
    expect(text).toBe(
      [
        'Memory, before: ssh:board',
        '         after: ssh:board, 2 min later',
        '',
        '  CHANGE   BEFORE    AFTER  KIND  WHAT',
        '+500 KiB    2 MiB  2.4 MiB  part  Applications',
        '-500 KiB  3.9 MiB  3.4 MiB  part  Free',
        '  -2 KiB    2 KiB        -  swap  /old (gone)',
        '  +1 KiB        -    1 KiB  swap  /new (new)',
        '',
      ].join('\n'),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMeminfo } from '../../../src/procfs/meminfo.js';
import { textOf } from './fixture.js';

const KIB = 1024;
const find = (text: string, name: string) => parseMeminfo(text).find((field) => field.name === name);

describe('parseMeminfo', () => {
  it.each(['linux/6.18/meminfo', 'linux/6.1-uml/meminfo', 'synthetic/proc-3.10/meminfo', 'synthetic/proc-vendor/meminfo'])(
    'reads every line of %s, in its order',
    (path) => {
      const lines = textOf(path).trimEnd().split('\n');
      expect(parseMeminfo(textOf(path)).map(({ name }) => name)).toEqual(lines.map((line) => line.slice(0, line.indexOf(':'))));
    },
  );

  it('tells bytes and counts apart', () => {
    const text = textOf('synthetic/proc-3.10/meminfo');
    expect(find(text, 'MemTotal')).toEqual({ name: 'MemTotal', value: 3881648 * KIB, unit: 'bytes' });
    expect(find(text, 'Active(anon)')).toEqual({ name: 'Active(anon)', value: 1098480 * KIB, unit: 'bytes' });
    expect(find(text, 'HugePages_Total')).toEqual({ name: 'HugePages_Total', value: 4, unit: 'count' });
    expect(find(text, 'MemAvailable')).toBeUndefined();
  });

  it('keeps the fields of a vendor', () => {
    const text = textOf('synthetic/proc-vendor/meminfo');
    expect(find(text, 'DriverCma')?.value).toBe(11536 * KIB);
    expect(find(text, 'Driver Pool (2)')?.value).toBe(128 * KIB);
  });

  it('reads CRLF, and passes over what is no field', () => {
    expect(
      parseMeminfo('        total:    used:\r\nMemTotal:  1 kB\r\ngarbage\r\n: 3\r\nX: -1 kB\r\nY: 1.5 kB\r\nN: 7\r\n'),
    ).toEqual([
      { name: 'MemTotal', value: KIB, unit: 'bytes' },
      { name: 'N', value: 7, unit: 'count' },
    ]);
  });

  it('never reads a number that a cut has shortened', () => {
    const whole = textOf('synthetic/proc-3.10/meminfo');
    const truth = new Map(parseMeminfo(whole).map((field) => [field.name, field]));
    fc.assert(
      fc.property(fc.nat({ max: whole.length }), (length) => {
        for (const field of parseMeminfo(whole.slice(0, length))) expect(field).toEqual(truth.get(field.name));
      }),
    );
    expect(parseMeminfo(whole.trimEnd())).toEqual(parseMeminfo(whole));
  });

  it('takes any text without an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, n) => {
        for (const { value } of parseMeminfo(`${text}\nA: ${n}${n}${n}${n} kB\n`)) expect(Number.isFinite(value)).toBe(true);
      }),
    );
  });
});

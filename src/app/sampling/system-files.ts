import type { Bytes, Milliseconds } from '../../base/units.js';
import type { LoadAverage, MeminfoField, Pressure, SystemSample, VmCounters } from '../../model/sample.js';
import { parseLoadavg } from '../../procfs/loadavg.js';
import { parseMeminfo } from '../../procfs/meminfo.js';
import { parsePressure } from '../../procfs/pressure.js';
import { parseUptime } from '../../procfs/uptime.js';
import { parseVmstat } from '../../procfs/vmstat.js';
import { perCpuFreePages } from '../../procfs/zoneinfo.js';
import { latin1Text } from './latin1.js';

/** A file that a kernel does not have is asked for again only now and then. */
const RETRY_MS = 60_000;

const UPTIME = '/proc/uptime';
const PATHS = [
  // First, so that it is the time of the rest.
  UPTIME,
  '/proc/meminfo',
  '/proc/vmstat',
  '/proc/zoneinfo',
  '/proc/pressure/memory',
  '/proc/loadavg',
] as const;

interface Values {
  uptime?: Milliseconds | undefined;
  meminfo?: readonly MeminfoField[] | undefined;
  counters?: VmCounters | undefined;
  perCpuPages?: number | undefined;
  pressure?: Pressure | undefined;
  load?: LoadAverage | undefined;
}

/** The files of the machine, as they were told last: a reader tells only what has changed. */
export class SystemFiles {
  private values: Values = {};
  private readonly absentUntil = new Map<string, Milliseconds>();

  /** A new reader begins with everything. */
  reset(): void {
    this.values = {};
    this.absentUntil.clear();
  }

  wanted(now: Milliseconds): readonly string[] {
    return PATHS.filter((path) => (this.absentUntil.get(path) ?? 0) <= now);
  }

  text(path: string, bytes: Uint8Array): void {
    const parse = PARSERS.get(path);
    if (parse === undefined) return;
    this.absentUntil.delete(path);
    parse(this.values, latin1Text(bytes));
  }

  unreadable(path: string, now: Milliseconds): void {
    const parse = PARSERS.get(path);
    if (parse === undefined) return;
    this.absentUntil.set(path, now + RETRY_MS);
    parse(this.values, '');
  }

  /** Still unreadable, and so not told again. */
  askedAgain(now: Milliseconds): void {
    for (const [path, until] of this.absentUntil) if (until <= now) this.absentUntil.set(path, now + RETRY_MS);
  }

  /** Undefined without /proc/uptime. */
  get uptime(): Milliseconds | undefined {
    return this.values.uptime;
  }

  get memTotal(): Bytes | undefined {
    return this.field('MemTotal');
  }

  field(name: string): number | undefined {
    return this.values.meminfo?.find((field) => field.name === name)?.value;
  }

  /** Undefined when /proc/meminfo says nothing: this is no Linux, or no /proc is mounted. */
  sample(at: Milliseconds, pageSize: Bytes): SystemSample | undefined {
    const { meminfo, counters, perCpuPages, pressure, load } = this.values;
    if (meminfo === undefined || meminfo.length === 0) return undefined;
    return {
      at,
      meminfo,
      counters: counters ?? {},
      ...(pressure === undefined ? {} : { pressure }),
      ...(load === undefined ? {} : { load }),
      ...(perCpuPages === undefined ? {} : { perCpuFree: perCpuPages * pageSize }),
    };
  }
}

const PARSERS = new Map<string, (values: Values, text: string) => void>([
  [UPTIME, (values, text) => (values.uptime = parseUptime(text))],
  ['/proc/meminfo', (values, text) => (values.meminfo = parseMeminfo(text))],
  ['/proc/vmstat', (values, text) => (values.counters = parseVmstat(text))],
  ['/proc/zoneinfo', (values, text) => (values.perCpuPages = perCpuFreePages(text))],
  ['/proc/pressure/memory', (values, text) => (values.pressure = parsePressure(text))],
  ['/proc/loadavg', (values, text) => (values.load = parseLoadavg(text))],
]);

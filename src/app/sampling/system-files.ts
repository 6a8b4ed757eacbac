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
const ZONEINFO = '/proc/zoneinfo';
/** It is the dearest of them, and what it tells is a correction. */
const ZONEINFO_EVERY_MS = 1000;
const PATHS = [
  // First, so that it is the time of the rest.
  UPTIME,
  '/proc/meminfo',
  '/proc/vmstat',
  ZONEINFO,
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

  private asked: readonly string[] = [];
  private zonesAt: Milliseconds | undefined;

  /** A new reader begins with everything. */
  reset(): void {
    this.zonesAt = undefined;
    this.values = {};
    this.absentUntil.clear();
  }

  wanted(now: Milliseconds): readonly string[] {
    const withZones = now - (this.zonesAt ?? -Infinity) >= ZONEINFO_EVERY_MS * 0.9;
    if (withZones) this.zonesAt = now;
    this.asked = PATHS.filter((path) => (path !== ZONEINFO || withZones) && (this.absentUntil.get(path) ?? 0) <= now);
    return this.asked;
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
    for (const path of this.asked)
      if ((this.absentUntil.get(path) ?? Infinity) <= now) this.absentUntil.set(path, now + RETRY_MS);
  }

  /** Undefined without /proc/uptime. */
  get uptime(): Milliseconds | undefined {
    return this.values.uptime;
  }

  field(name: string): number | undefined {
    return this.values.meminfo?.find((field) => field.name === name)?.value;
  }

  /** False when /proc/meminfo says nothing: this is no Linux, or no /proc is mounted. */
  get hasMemory(): boolean {
    return this.values.meminfo !== undefined && this.values.meminfo.length > 0;
  }

  sample(at: Milliseconds, pageSize: Bytes): SystemSample {
    const { meminfo = [], counters = {}, perCpuPages, pressure, load } = this.values;
    return {
      at,
      meminfo,
      counters,
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
  [ZONEINFO, (values, text) => (values.perCpuPages = perCpuFreePages(text))],
  ['/proc/pressure/memory', (values, text) => (values.pressure = parsePressure(text))],
  ['/proc/loadavg', (values, text) => (values.load = parseLoadavg(text))],
]);

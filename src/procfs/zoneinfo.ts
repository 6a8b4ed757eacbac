import type { CpuPages, TableText, ZoneInfo } from '../model/system-owners.js';
import { wholeLines } from './table-lines.js';

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };
type Zone = Writable<Omit<ZoneInfo, 'cpus' | 'counters'>> & { cpus: Writable<CpuPages>[]; counters: Record<string, number> };

const AMOUNTS: ReadonlySet<string> = new Set(['min', 'low', 'high', 'boost', 'spanned', 'present', 'managed', 'cma']);

/**
 * Pages on the free lists of the CPUs: the sum of the `count:` lines of /proc/zoneinfo (proc_zoneinfo(5)). They are free, but
 * MemFree does not count them. Undefined when there is no such line.
 */
export function perCpuFreePages(text: string): number | undefined {
  let pages: number | undefined;
  for (const [, digits] of text.matchAll(/^[ \t]+count:[ \t]*(\d{1,15})[ \t]*\r?\n/gm)) pages = (pages ?? 0) + Number(digits);
  return pages;
}

/**
 * /proc/zoneinfo (proc_zoneinfo(5)), of every kernel since 2.6.13. Kernels before 2.6.25 had two lists for a CPU, hot and cold pages: they are
 * added up. Lines that nobody knows are kept as counters when they are a name and a number.
 */
export function parseZoneinfo(text: string): TableText<ZoneInfo> {
  const { lines, cut } = wholeLines(text);
  const rows: Zone[] = [];
  let unread = cut ? 1 : 0;
  for (const line of lines) {
    const [, node, name] = /^Node\s+(\d{1,6}),\s+zone\s+(\S+)\s*$/.exec(line) ?? [];
    if (name !== undefined) rows.push({ node: Number(node), zone: name, protection: [], cpus: [], counters: {} });
    else if (line.trim() !== '' && !zoneLine(rows.at(-1), line.trim().replace(/\s+/g, ' '))) unread++;
  }
  return { rows, unread };
}

function zoneLine(zone: Zone | undefined, line: string): boolean {
  if (zone === undefined) return false;
  if (line === 'per-node stats' || line === 'pagesets' || line === 'all_unreclaimable') return true;
  const protection = /^protection:\s*\(([\d,\s]*)\)$/.exec(line)?.[1];
  if (protection !== undefined) {
    zone.protection = protection.split(',').map(Number);
    return true;
  }
  const cpu = /^cpu:\s*(\d{1,6})(?:\s+pcp:\s*\d+)?$/.exec(line)?.[1];
  if (cpu !== undefined) {
    // Two lists of the same CPU are one.
    if (zone.cpus.at(-1)?.cpu !== Number(cpu)) zone.cpus.push({ cpu: Number(cpu), count: 0 });
    return true;
  }
  const match = /^(?:pages )?([A-Za-z_]\w*(?: \w+)*?)( ?: ?| )(-?\d{1,20})(?: \(.*\))?$/.exec(line);
  if (match === null) return false;
  const [, name = '', colon, digits] = match;
  const value = Number(digits);
  if (colon !== ' ') cpuLine(zone.cpus.at(-1), name, value);
  else if (line.startsWith('pages')) zone.free ??= value;
  else if (AMOUNTS.has(name)) zone[name as 'min'] ??= value;
  else if (name !== '__proto__') zone.counters[name] ??= value;
  return true;
}

function cpuLine(cpu: Writable<CpuPages> | undefined, name: string, value: number): void {
  if (cpu === undefined) return;
  if (name === 'count') cpu.count += value;
  else if (name === 'high' || name === 'batch') cpu[name] ??= value;
}

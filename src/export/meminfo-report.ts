import { formatBytes } from '../base/units.js';
import { machineParts } from '../insight/machine-parts.js';
import { machineValues } from '../insight/machine-values.js';
import { measureOf } from '../insight/measures.js';
import type { SystemSample } from '../model/sample.js';
import { cutToWidth, displayWidth } from './display-width.js';
import { jsonValues } from './json-values.js';
import { type TargetMoment, targetJson } from './target-json.js';

/** Below the parts, when the kernel tells them: they overlap with the parts, or are no memory. */
const BESIDE = ['meminfo.MemAvailable', 'meminfo.SwapTotal', 'swap.used', 'meminfo.Committed_AS', 'psi.some10', 'psi.full10'];

/** The parts of the machine's memory, which add up to MemTotal, with what each one is. */
export function meminfoText(sample: SystemSample, width?: number): string {
  const values = machineValues(sample);
  const total = values.get('meminfo.MemTotal');
  const rows = machineParts(sample).map(({ id, bytes }) => {
    const { label, definition } = measureOf(`part.${id}`);
    return { label, value: formatBytes(bytes), share: share(bytes, total), definition };
  });
  if (total !== undefined) {
    rows.push({ label: 'MemTotal', value: formatBytes(total), share: '', definition: measureOf('meminfo.MemTotal').definition });
  }
  const beside = BESIDE.flatMap((id) => {
    const value = values.get(id);
    if (value === undefined) return [];
    const { label, definition, unit } = measureOf(id);
    const bytes = unit === 'bytes';
    const text = bytes ? formatBytes(value) : `${value.toFixed(1)} %`;
    return [{ label, value: text, share: id === 'meminfo.MemAvailable' ? share(value, total) : '', definition }];
  });
  const all = [...rows, ...beside];
  const widest = (pick: (row: (typeof all)[number]) => string): number => Math.max(...all.map((row) => displayWidth(pick(row))));
  const [labels, amounts] = [widest(({ label }) => label), widest(({ value }) => value)];
  const line = (row: (typeof all)[number]): string => {
    const text = `${row.label.padEnd(labels)}  ${row.value.padStart(amounts)}  ${row.share.padStart(6)}  ${row.definition}`;
    return width === undefined ? text : cutToWidth(text, width);
  };
  return `${[rows, beside]
    .filter((block) => block.length > 0)
    .map((block) => block.map(line).join('\n'))
    .join('\n\n')}\n`;
}

/** Of RAM; swap and promises of address space are not in it. */
const share = (bytes: number, total = 0): string => (total > 0 ? `${((bytes / total) * 100).toFixed(1)} %` : '');

/** See docs/cli-trends.md: the parts, and every field of /proc/meminfo as the kernel names it. */
export function meminfoJson(sample: SystemSample, { target, facts, version }: Omit<TargetMoment, 'at'>): unknown {
  const values = [...machineValues(sample)];
  const parts = machineParts(sample).map(({ id, bytes }) => {
    const { label, definition } = measureOf(`part.${id}`);
    return { id, label, bytes, definition };
  });
  return {
    ...targetJson({ target, at: sample.at, facts, version }),
    parts,
    perCpuFreeBytes: sample.perCpuFree ?? null,
    ...jsonValues(values.filter(([id]) => !id.startsWith('part.'))),
    counters: { ...sample.counters },
  };
}

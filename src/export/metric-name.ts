import type { Measure } from '../model/measure.js';

/** A metric family of OpenMetrics, and how a measure is told in it. */
export interface MetricName {
  readonly family: string;
  readonly unit?: string;
  readonly help: string;
  /** Labels that tell the measures of one family apart. */
  readonly labels: readonly (readonly [string, string])[];
  /** OpenMetrics asks for base units: percent is told as a ratio. */
  readonly ratio: boolean;
}

/** Fields of meminfo, and the load, have the names that Prometheus' node_exporter gives them, so that rules and panels for it fit. */
export function metricName(measure: Measure): MetricName {
  const { id, definition: help } = measure;
  const plain = { help, labels: [], ratio: false };
  if (id.startsWith('meminfo.')) {
    const field = id.slice('meminfo.'.length).replace(/\((.*)\)/, '_$1');
    const family = `node_memory_${nameText(field)}`;
    return measure.unit === 'bytes' ? { ...plain, family: `${family}_bytes`, unit: 'bytes' } : { ...plain, family };
  }
  if (id.startsWith('part.')) {
    return {
      ...plain,
      family: 'memlens_memory_part_bytes',
      unit: 'bytes',
      help: 'Where the memory of the machine is: parts that add up to MemTotal.',
      labels: [['part', id.slice('part.'.length)]],
    };
  }
  const pressure = /^psi\.(some|full)(\d+)$/.exec(id);
  if (pressure !== null) {
    return {
      family: `memlens_memory_pressure_${pressure[1]}_ratio`,
      unit: 'ratio',
      help:
        pressure[1] === 'some'
          ? 'Share of time in which at least one task was waiting for memory.'
          : 'Share of time in which all tasks that were not idle were waiting for memory.',
      labels: [['window', `${pressure[2]}s`]],
      ratio: true,
    };
  }
  if (id === 'load.one') return { ...plain, family: 'node_load1' };
  const machine = id.startsWith('vm.') || id.startsWith('swap.');
  const name = `memlens_${machine ? '' : 'process_'}${snakeCase(id)}`;
  switch (measure.unit) {
    case 'bytes':
      return { ...plain, family: `${name}_bytes`, unit: 'bytes' };
    case 'bytes-per-second':
      return { ...plain, family: `${name}_bytes_per_second`, unit: 'bytes_per_second' };
    case 'per-second':
      return { ...plain, family: `${name.replace(/_per_second$/, '')}_per_second` };
    case 'percent':
      return { ...plain, family: `${name.replace(/_percent$/, '')}_ratio`, unit: 'ratio', ratio: true };
    case 'count':
    case 'address':
      return { ...plain, family: name };
  }
}

/** `vm.majorFaults`: `vm_major_faults`. */
function snakeCase(id: string): string {
  return nameText(id.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase());
}

/** The characters of metric names, without the colon, which is for recording rules. */
function nameText(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, '_');
}

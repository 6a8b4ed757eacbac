import type { Milliseconds } from '../base/units.js';
import type { MachineFacts } from '../model/machine.js';
import type { ProcessId } from '../model/process.js';
import { RECORDING_FORMAT, RECORDING_VERSION, type RecordedProcessName, type RecordingHeader } from '../model/recording.js';
import type { TrendEvent } from '../model/trend-event.js';

/** After so many samples everything is told again, so that a damaged line costs little. */
const WHOLE_EVERY = 100;

/** The values of one series at the moment of a sample; an id that is not there is not known then. */
export interface RecordedRow {
  /** 0: the machine; else the number that `process` gave. */
  readonly of: number;
  readonly values: ReadonlyMap<string, number>;
}

/** Of a command line; a reader may refuse lines that are too long. */
const LONGEST_COMMAND = 1 << 16;

interface Column {
  readonly id: string;
  /** Values are written divided by it: 1024 shortens sizes, and is exact, being a power of two. */
  readonly scale: number;
  /** NaN: told as not known. Infinity: to be told, whatever it is. */
  written: number;
}

interface Series {
  readonly of: number;
  readonly columns: Map<string, Column>;
  name?: RecordedProcessName;
}

/** The lines of a recording, without their line ends; docs/formats/recording.md. Holds what was written last: only changes are told. */
export class RecordingWriter {
  private readonly series: Series[] = [{ of: 0, columns: new Map() }];
  private samples = 0;

  header({ created, tool, target, machine }: Omit<RecordingHeader, 'version'>): string {
    return JSON.stringify({ format: RECORDING_FORMAT, version: RECORDING_VERSION, created, tool, target, machine });
  }

  /** When they are learned, or are new after a reboot. */
  machine(facts: MachineFacts): string {
    return JSON.stringify({ k: 'machine', ...facts });
  }

  process(name: RecordedProcessName): { readonly of: number; readonly line: string } {
    const series: Series = { of: this.series.length, columns: new Map(), name };
    this.series.push(series);
    return { of: series.of, line: nameLine(series.of, name) };
  }

  /** The same process after an exec, or when its command line is learned. */
  rename(of: number, name: RecordedProcessName): string {
    this.series[of]!.name = name;
    return nameLine(of, name);
  }

  /** Moments of a series go up. */
  sample(at: Milliseconds, rows: readonly RecordedRow[]): readonly string[] {
    const lines = this.samples % WHOLE_EVERY === 0 && this.samples > 0 ? this.everythingAgain() : [];
    const groups = rows.map(({ of, values }) => [of, ...this.changes(this.series[of]!, values, lines)]);
    lines.push(JSON.stringify({ k: 's', n: this.samples++, at, v: groups }));
    return lines;
  }

  /** Nothing was measured from here to the next sample. */
  gap(of: number, at: Milliseconds): string {
    return JSON.stringify({ k: 'gap', of, at });
  }

  exit(of: number, at: Milliseconds): string {
    return JSON.stringify({ k: 'exit', of, at });
  }

  event({ at, kind, process, detail }: TrendEvent): string {
    const fields: { process?: ProcessId; detail?: string } = {
      ...(process === undefined ? {} : { process }),
      ...(detail === undefined ? {} : { detail }),
    };
    return JSON.stringify({ k: 'event', at, kind, ...fields });
  }

  end(at: Milliseconds): string {
    return JSON.stringify({ k: 'end', at, samples: this.samples });
  }

  /** Index and value of each column that changed: null when it is not known any more. New columns are told in `lines` before. */
  private changes({ of, columns }: Series, values: ReadonlyMap<string, number>, lines: string[]): (number | null)[] {
    const known = columns.size;
    for (const [id, value] of values) {
      if (columns.has(id)) continue;
      columns.set(id, { id, scale: value !== 0 && value % 1024 === 0 ? 1024 : 1, written: Number.NaN });
    }
    if (columns.size > known) lines.push(columnsLine(of, known, [...columns.values()].slice(known)));
    const changes: (number | null)[] = [];
    let index = 0;
    for (const column of columns.values()) {
      const value = values.get(column.id) ?? Number.NaN;
      if (Number.isFinite(value)) {
        if (value !== column.written) changes.push(index, value / column.scale);
        column.written = value;
      } else {
        if (!Number.isNaN(column.written)) changes.push(index, null);
        column.written = Number.NaN;
      }
      index++;
    }
    return changes;
  }

  private everythingAgain(): string[] {
    const lines: string[] = [];
    for (const { of, columns, name } of this.series) {
      if (name !== undefined) lines.push(nameLine(of, name));
      if (columns.size > 0) lines.push(columnsLine(of, 0, [...columns.values()]));
      for (const column of columns.values()) column.written = Infinity;
    }
    return lines;
  }
}

function nameLine(of: number, { pid, startTicks, command, commandLine }: RecordedProcessName): string {
  return JSON.stringify({ k: 'process', of, pid, startTicks, command, commandLine: commandLine?.slice(0, LONGEST_COMMAND) });
}

function columnsLine(of: number, first: number, columns: readonly Column[]): string {
  return JSON.stringify({ k: 'columns', of, first, ids: columns.map(({ id }) => id), scales: columns.map(({ scale }) => scale) });
}

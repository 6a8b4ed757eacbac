import type { Milliseconds } from '../base/units.js';
import { RecordingReader, type RecordingSink } from '../formats/recording.js';
import type { Json } from '../formats/recording-line.js';
import type { SeriesTable } from '../insight/series.js';
import { createSeriesTable, type SeriesLimits } from '../insight/series-table.js';
import type { MachineFacts } from '../model/machine.js';
import { type ProcessId, type ProcessKey, processId } from '../model/process.js';
import type { RecordedProcessName, RecordingHeader, RecordingNote } from '../model/recording.js';
import type { TrendEvent } from '../model/trend-event.js';
import { type RecordedMoment, RecordedMoments } from './map/recorded-moments.js';

export interface RecordedProcess {
  readonly id: ProcessId;
  readonly key: ProcessKey;
  readonly command: string;
  readonly commandLine: string | undefined;
  readonly series: SeriesTable;
  /** As SystemSample.at; undefined: it was there when the recording ended. */
  readonly endedAt: Milliseconds | undefined;
  /** The maps that can be read of it (map/recorded-maps.ts), in the order in which they were written. */
  readonly maps: readonly RecordedMoment[];
}

/** A recording, in the shapes of a monitor. */
export interface RecordedTrends {
  readonly header: RecordingHeader | undefined;
  /** Of the newest boot. */
  readonly facts: MachineFacts | undefined;
  readonly system: SeriesTable;
  readonly processes: readonly RecordedProcess[];
  readonly events: readonly TrendEvent[];
  /** The file ends without its last line. */
  readonly cutOff: boolean;
  readonly notes: readonly RecordingNote[];
}

/** More is kept as it was measured than of a monitor: 28 hours at 1 Hz; a table is gone with its page. */
const LIMITS: SeriesLimits = {
  measuredMs: 7 * 24 * 3_600_000,
  measuredRows: 100_000,
  halfMinutesMs: 7 * 24 * 3_600_000,
  tenMinutesMs: 120 * 24 * 3_600_000,
};

const MOST_EVENTS = 10_000;

type Gathering = { -readonly [K in keyof Omit<RecordedProcess, 'maps'>]: RecordedProcess[K] } & {
  readonly maps: RecordedMoment[];
};

class Gathered implements RecordingSink {
  readonly system: SeriesTable;
  readonly processes = new Map<ProcessId, Gathering>();
  readonly events: TrendEvent[] = [];
  lostEvents = 0;
  firstHeader: RecordingHeader | undefined;
  facts: MachineFacts | undefined;
  private readonly byNumber = new Map<number, Gathering>();
  private readonly moments = new RecordedMoments((of, moment) => this.byNumber.get(of)?.maps.push(moment));

  constructor(private readonly limits: Partial<SeriesLimits>) {
    this.system = createSeriesTable(limits);
  }

  header(header: RecordingHeader): void {
    this.firstHeader ??= header;
    this.facts = header.machine ?? this.facts;
    this.byNumber.clear();
    this.moments.clear();
  }

  machine(facts: MachineFacts): void {
    this.facts = facts;
  }

  process(of: number, { pid, startTicks, command, commandLine }: RecordedProcessName): void {
    const key = { pid, startTicks };
    const id = processId(key);
    const there = this.processes.get(id);
    // Told again, or after an exec with another name.
    const process = there ?? {
      id,
      key,
      command,
      commandLine,
      series: createSeriesTable(this.limits),
      endedAt: undefined,
      maps: [],
    };
    process.command = command;
    process.commandLine = commandLine;
    this.processes.set(id, process);
    this.byNumber.set(of, process);
  }

  sample(of: number, at: Milliseconds, values: ReadonlyMap<string, number>): boolean {
    return this.series(of)?.append(at, values) ?? false;
  }

  gap(of: number, at: Milliseconds): void {
    this.series(of)?.gap(at);
  }

  exit(of: number, at: Milliseconds): void {
    const process = this.byNumber.get(of);
    if (process !== undefined) process.endedAt = at;
  }

  event(event: TrendEvent): void {
    if (this.events.length < MOST_EVENTS) this.events.push(event);
    else this.lostEvents++;
  }

  map(of: number, line: Json): RecordingNote['code'] | undefined {
    return this.moments.take(of, line);
  }

  private series(of: number): SeriesTable | undefined {
    return of === 0 ? this.system : this.byNumber.get(of)?.series;
  }
}

/** Undefined: nothing in it is of a recording. `limits`: how much is kept at which resolution. */
export async function readRecording(
  chunks: AsyncIterable<string>,
  limits: Partial<SeriesLimits> = LIMITS,
): Promise<RecordedTrends | undefined> {
  const gathered = new Gathered(limits);
  const reader = new RecordingReader(gathered);
  for await (const chunk of chunks) reader.push(chunk);
  const { recognised, cutOff, notes } = reader.end();
  if (!recognised) return undefined;
  const { lostEvents } = gathered;
  return {
    header: gathered.firstHeader,
    facts: gathered.facts,
    system: gathered.system,
    processes: [...gathered.processes.values()],
    events: gathered.events,
    cutOff,
    notes: lostEvents === 0 ? notes : [...notes, { code: 'too-many', count: lostEvents, line: 0 }],
  };
}

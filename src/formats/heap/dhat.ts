import type { HeapMeasure, HeapProfile, HeapTimeline } from '../../model/heap-profile.js';
import { JsonMembers } from '../json-members.js';
import { type FrameTold, ProfileBuilder } from './profile-builder.js';
import { isInlinedInto, valgrindFrame } from './valgrind-frame.js';

/** A measure, and the member of a program point that has its value. */
type Column = readonly [HeapMeasure, string];

const HEAP: readonly Column[] = [
  [{ quantity: 'total', unit: 'bytes' }, 'tb'],
  [{ quantity: 'total', unit: 'count' }, 'tbk'],
];
const LIFETIMES: readonly Column[] = [
  [{ quantity: 'live', unit: 'bytes' }, 'eb'],
  [{ quantity: 'live', unit: 'count' }, 'ebk'],
  [{ quantity: 'peak', unit: 'bytes' }, 'gb'],
  [{ quantity: 'peak', unit: 'count' }, 'gbk'],
];
const ACCESSES: readonly Column[] = [
  [{ quantity: 'read', unit: 'bytes' }, 'rb'],
  [{ quantity: 'written', unit: 'bytes' }, 'wb'],
];
const NAMES = [...HEAP, ...LIFETIMES, ...ACCESSES].map(([, name]) => name);
const NEWEST = 2;

/**
 * What DHAT writes, of Valgrind (since 3.15) and of Rust's crate `dhat`: JSON, its form told in
 * https://valgrind.org/docs/manual/dh-manual.html ("File Format"). Modes: heap, and the others (copies, events of the program's own), which have
 * totals only.
 *
 * Left out: the most that each place had at a time (`mb`; such values have no sum), life times, and how often each byte was accessed.
 */
export class DhatParser {
  private readonly members = new JsonMembers(['pps', 'ftbl'], {
    member: (name, value) => this.facts.set(name, value),
    entry: (value, list) => {
      if (list === 'pps') this.point(value);
      else this.table.push(typeof value === 'string' ? value : '');
    },
  });
  private readonly facts = new Map<string, unknown>();
  private readonly table: string[] = [];
  /** Of each point its values (by `NAMES`) and then, in `stacks`, its frames, innermost first. */
  private readonly values: number[] = [];
  private readonly stacks: number[] = [];
  /** Where the frames of each point end. */
  private readonly stackEnds: number[] = [];
  private bad = 0;

  push(chunk: string): void {
    this.members.push(chunk);
  }

  end(): HeapProfile | undefined {
    const version = this.facts.get('dhatFileVersion');
    if (typeof version !== 'number') return undefined;
    const columns = this.columns();
    const builder = new ProfileBuilder(
      'dhat',
      columns.map(([measure]) => measure),
    );
    const indices = columns.map(([, name]) => NAMES.indexOf(name));
    const told = this.table.map((text, at) =>
      at === 0 ? undefined : (valgrindFrame(text) ?? (text === '' ? undefined : { function: text })),
    );
    let from = 0;
    for (const [point, to] of this.stackEnds.entries()) {
      const node = builder.stack(frames(builder, told, this.stacks.slice(from, to)));
      for (const [measure, index] of indices.entries())
        builder.add(measure, node, this.values[point * NAMES.length + index] ?? 0);
      from = to;
    }
    if (!this.members.ended) builder.note({ code: 'cut' });
    const bad = this.bad + this.members.bad;
    if (bad > 0) builder.note({ code: 'foreign-lines', count: bad });
    if (version > NEWEST) builder.note({ code: 'newer-version', detail: `file version ${version}` });
    if (builder.size > 1 && !told.some((frame) => frame?.function !== undefined)) builder.note({ code: 'no-symbols' });
    const command = this.facts.get('cmd');
    const pid = this.number('pid');
    const profile = builder.finish({
      tool: String(this.facts.get('mode')).startsWith('rust') ? 'dhat (Rust)' : 'dhat',
      ...(typeof command === 'string' ? { command } : {}),
      ...(pid === undefined ? {} : { pid }),
      ...(told.some((frame) => frame?.address !== undefined) ? { addresses: 'process' as const } : {}),
    });
    const timeline = this.timeline(profile);
    return timeline === undefined ? profile : { ...profile, timeline };
  }

  private columns(): readonly Column[] {
    const is = (name: string): boolean => this.facts.get(name) === true;
    const mode = this.facts.get('mode');
    if (mode === 'heap' || mode === 'rust-heap' || mode === undefined || is('bklt')) {
      return [...LIFETIMES, ...HEAP, ...(is('bkacc') ? ACCESSES : [])];
    }
    const word = (name: string, usual: string): string => {
      const told = this.facts.get(name);
      return typeof told === 'string' && told !== '' ? told : usual;
    };
    const verb = word('verb', '').toLowerCase();
    // `bsu` is there when what is counted is no bytes.
    const unit = word('bsu', 'bytes');
    const said = (thing: string): string => (verb === '' ? thing : `${thing} ${verb}`);
    return [
      [{ quantity: 'other', unit: unit === 'bytes' ? 'bytes' : 'count', name: said(unit) }, 'tb'],
      [{ quantity: 'other', unit: 'count', name: said(word('bksu', 'blocks')) }, 'tbk'],
    ];
  }

  /** The two moments that are told: the one when most was live, and the end. */
  private timeline(profile: HeapProfile): HeapTimeline | undefined {
    const peakAt = this.number('tg');
    const endAt = this.number('te');
    const unit = this.facts.get('tu');
    const of = (quantity: string): Float64Array | undefined =>
      profile.self[profile.measures.findIndex((measure) => measure.quantity === quantity && measure.unit === 'bytes')];
    const peak = of('peak');
    const live = of('live');
    if (peakAt === undefined || endAt === undefined || peak === undefined || live === undefined) return undefined;
    const isInstructions = unit === 'instrs';
    // Rust's tells microseconds.
    if (!isInstructions && unit !== 'µs') return undefined;
    const scale = isInstructions ? 1 : 1000;
    const moments = [
      { at: peakAt / scale, bytes: sum(peak), self: peak, isPeak: true },
      { at: endAt / scale, bytes: sum(live), self: live },
    ];
    return { unit: isInstructions ? 'instructions' : 'ms', moments };
  }

  private point(value: unknown): void {
    const point = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
    const { fs } = point;
    if (!Array.isArray(fs) || typeof point.tb !== 'number') {
      this.bad++;
      return;
    }
    for (const name of NAMES) {
      const number = point[name];
      this.values.push(typeof number === 'number' && Number.isFinite(number) ? number : 0);
    }
    for (const frame of fs) this.stacks.push(typeof frame === 'number' ? frame : 0);
    this.stackEnds.push(this.stacks.length);
  }

  private number(name: string): number | undefined {
    const value = this.facts.get(name);
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  }
}

/** The frames of a stack, innermost first; those that the table lacks are left out. */
function frames(builder: ProfileBuilder, table: readonly (FrameTold | undefined)[], stack: readonly number[]): number[] {
  const told = stack.flatMap((at) => table[at] ?? []);
  return told.map((frame, at) => {
    const outer = told[at + 1];
    return builder.frame(outer !== undefined && isInlinedInto(frame, outer) ? { ...frame, inlined: true } : frame);
  });
}

const sum = (column: Float64Array): number => column.reduce((total, value) => total + value, 0);

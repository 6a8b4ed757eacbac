import { LineSplitter } from '../../base/lines.js';
import type { HeapMeasure, HeapMoment, HeapProfile } from '../../model/heap-profile.js';
import { entriesOf, isObject, parsed } from './bpftrace-lines.js';
import { ForeignLines } from './foreign-lines.js';
import { PrintedStacks } from './printed-stacks.js';
import { ProfileBuilder } from './profile-builder.js';

const LONGEST_LINE = 1 << 28;
/** More of them are not kept. */
const MOST_READINGS = 48;
const MEASURES: readonly HeapMeasure[] = [
  { quantity: 'live', unit: 'bytes' },
  { quantity: 'live', unit: 'count' },
  { quantity: 'growth', unit: 'bytes' },
];

interface Amount {
  readonly bytes: number;
  readonly count: number;
}

interface Reading {
  /** Which one, from 1. */
  readonly number: number;
  /** Milliseconds since bpftrace began. */
  readonly at: number;
  /** By the text of a stack. */
  readonly stacks: Map<string, Amount>;
}

/**
 * What bpftrace prints of the script in `engines/live/memleak-script.ts`, as JSON (bpftrace(8), output formats): at each reading what was got and what is gone,
 * by stack and by the reading that came after a block's birth.
 *
 * ```
 * {"type": "printf", "data": "reading 2 2001085973\n"}
 * {"type": "stats", "data": {"@gone": {"\n\t55c2952a1210 shelve+18 (/usr/bin/shop)\n,1": {"count": 7, "average": 1000, "total": 7000}}}}
 * {"type": "stats", "data": {"@got": {…}}}
 * {"type": "printf", "data": "read\n"}
 * ```
 *
 * Only blocks count that were there at the reading before. `growth` is what there is more than in the first reading that has such blocks.
 */
export class MemleakReadings {
  private readonly lines = new LineSplitter((line) => this.line(line), LONGEST_LINE);
  /** All that tell ages; of very many every second one. */
  private old: Reading[] = [];
  private head: { readonly number: number; readonly at: number } | undefined;
  private readonly maps = new Map<string, ReadonlyMap<string, Amount>>();
  private last: Reading | undefined;
  private isOurs = false;
  private number = 0;
  private readonly foreign = new ForeignLines();
  /** bpftrace has set its probes: blocks are followed from now on. */
  isWatching = false;
  /** What bpftrace said of errors. */
  said = '';
  /** So many blocks at once were followed at most. */
  mostBlocks = 0;
  onWatching: () => void = () => undefined;
  onReading: () => void = () => undefined;

  constructor(private readonly pid: number | undefined) {}

  /** Readings so far. */
  get readings(): number {
    return this.last?.number ?? 0;
  }

  /** When the last one was, milliseconds since bpftrace began. */
  get lastMs(): number | undefined {
    return this.last?.at;
  }

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    return this.profile();
  }

  /** As it was at the last reading. Undefined: there was none. */
  profile(): HeapProfile | undefined {
    const { last } = this;
    if (!this.isOurs || last === undefined) return undefined;
    const all = [...this.old.filter((reading) => reading !== last), last];
    const first = all.length > 1 ? all[0] : undefined;
    const builder = new ProfileBuilder('bpftrace', first === undefined ? MEASURES.slice(0, 2) : MEASURES);
    const stacks = new PrintedStacks(builder);
    for (const { stacks: there } of all) for (const text of there.keys()) stacks.node(text);
    for (const [text, { bytes, count }] of last.stacks) {
      const node = stacks.node(text);
      builder.add(0, node, bytes);
      builder.add(1, node, count);
      builder.add(2, node, bytes);
    }
    if (first !== undefined) for (const [text, { bytes }] of first.stacks) builder.add(2, stacks.node(text), -bytes);
    this.foreign.noteIn(builder);
    const moments = all.map(({ at, stacks: there }): HeapMoment => {
      const self = new Float64Array(builder.size);
      for (const [text, { bytes }] of there) self[stacks.node(text)]! += bytes;
      return { at, bytes: self.reduce((sum, value) => sum + value, 0), self };
    });
    return builder.finish({
      tool: 'bpftrace',
      ...(this.pid === undefined ? {} : { pid: this.pid }),
      ...(stacks.hasAddresses ? { addresses: 'process' } : {}),
      timeline: { unit: 'ms', moments },
    });
  }

  private line(text: string): void {
    this.number++;
    if (text.trim() === '') return;
    const told = parsed(text);
    if (told === undefined) {
      this.foreign.add(this.number);
      return;
    }
    this.isOurs = true;
    const { type, data } = told;
    if (type === 'printf' && typeof data === 'string') this.printed(data);
    else if (type === 'stats' && isObject(data)) {
      // It prints each map on a line of its own.
      for (const [name, map] of Object.entries(data)) if (isObject(map)) this.maps.set(name, amountsOf(text));
    } else if (type === 'lost_events' || type === 'helper_error') this.said = text;
  }

  private printed(text: string): void {
    if (text === 'watching\n') {
      if (this.isWatching) return;
      this.isWatching = true;
      this.onWatching();
      return;
    }
    const begins = /^reading (\d+) (\d+)\n$/.exec(text);
    if (begins !== null) {
      this.head = { number: Number(begins[1]), at: Number(begins[2]) / 1e6 };
      this.maps.clear();
    } else if (text === 'read\n' && this.head !== undefined) {
      this.take(this.head);
      this.head = undefined;
      this.maps.clear();
      this.onReading();
    }
  }

  private take({ number, at }: { readonly number: number; readonly at: number }): void {
    const stacks = new Map<string, Amount>();
    let blocks = 0;
    for (const [name, sign] of [
      ['@got', 1],
      ['@gone', -1],
    ] as const) {
      for (const [key, amount] of this.maps.get(name) ?? []) {
        const comma = key.lastIndexOf(',');
        const birth = Number(key.slice(comma + 1));
        if (comma < 0 || !Number.isInteger(birth)) continue;
        blocks += sign * amount.count;
        // Of those of the first reading no age is known.
        if (birth > Math.max(1, number - 1)) continue;
        const text = key.slice(0, comma);
        const there = stacks.get(text) ?? { bytes: 0, count: 0 };
        stacks.set(text, { bytes: there.bytes + sign * amount.bytes, count: there.count + sign * amount.count });
      }
    }
    for (const [text, { bytes, count }] of stacks) if (count <= 0 || bytes <= 0) stacks.delete(text);
    this.mostBlocks = Math.max(this.mostBlocks, blocks);
    this.last = { number, at, stacks };
    if (number === 1) return;
    this.old.push(this.last);
    if (this.old.length >= MOST_READINGS) this.old = this.old.filter((_, index) => index % 2 === 0);
  }
}

/** By stack and birth, with all that have the same ones. */
function amountsOf(line: string): ReadonlyMap<string, Amount> {
  const amounts = new Map<string, Amount>();
  for (const [key, value] of entriesOf(line, 'object')) {
    const amount = amountOf(value);
    if (amount === undefined) continue;
    const there = amounts.get(key);
    amounts.set(key, there === undefined ? amount : { bytes: there.bytes + amount.bytes, count: there.count + amount.count });
  }
  return amounts;
}

function amountOf(text: string): Amount | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { count, total } = value;
  return typeof count === 'number' && typeof total === 'number' ? { bytes: total, count } : undefined;
}

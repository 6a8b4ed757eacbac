import { LineSplitter } from '../../base/lines.js';
import type { HeapMeasure, HeapProfile } from '../../model/heap-profile.js';
import { entriesOf, isObject, parsed } from './bpftrace-lines.js';
import { ForeignLines } from './foreign-lines.js';
import { PrintedStacks } from './printed-stacks.js';
import { ProfileBuilder } from './profile-builder.js';

/** A map of the program is one line: 2 million entries of addresses with their stacks, say. */
const LONGEST_LINE = 1 << 28;

type BpfMap = Readonly<Record<string, unknown>>;

/**
 * What `bpftrace -f json` prints: a JSON text on each line, those of maps as `{"type": "map", "data": {"@bytes": {"\n\t55… leak_tick+21 (/bin/loop)\n": 30100}}}`
 * (bpftrace(8), output formats). Two kinds of maps make profiles:
 *
 * - a map from addresses to sizes and one from the same addresses to stacks: what is allocated and not freed, by stack;
 * - maps from stacks to numbers: they keep their name, as what they count only the script knows.
 *
 * A map that is printed more than once (at intervals) counts as it was printed last.
 */
export class BpftraceJsonParser {
  private readonly lines = new LineSplitter((line) => this.line(line), LONGEST_LINE);
  private readonly maps = new Map<string, BpfMap>();
  private readonly printed = new Map<string, number>();
  private isOurs = false;
  private number = 0;
  private readonly foreign = new ForeignLines();
  private lastIsForeign = false;

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    if (!this.isOurs) return undefined;
    const live = this.liveMaps();
    const counted = [...this.maps].filter(([, map]) => isByStack(map));
    if (live === undefined && counted.length === 0) return undefined;
    const measures: HeapMeasure[] =
      live === undefined
        ? []
        : [
            { quantity: 'live', unit: 'bytes' },
            { quantity: 'live', unit: 'count' },
          ];
    for (const [name] of counted) measures.push({ quantity: 'other', unit: /byte|size/i.test(name) ? 'bytes' : 'count', name });
    const builder = new ProfileBuilder('bpftrace', measures);
    const stacks = new PrintedStacks(builder);
    if (live !== undefined) addLive(builder, stacks, live);
    for (const [index, [, map]] of counted.entries())
      for (const [key, value] of Object.entries(map))
        builder.add(measures.length - counted.length + index, stacks.node(key), Number(value));
    const times = Math.max(0, ...this.printed.values());
    if (times > 1) builder.note({ code: 'several-profiles', count: times - 1 });
    if (this.lastIsForeign) builder.note({ code: 'cut' });
    this.foreign.noteIn(builder);
    return builder.finish({ tool: 'bpftrace', ...(stacks.hasAddresses ? { addresses: 'process' } : {}) });
  }

  /** The two maps with the most addresses in common, one of sizes and one of stacks. */
  private liveMaps(): { readonly sizes: BpfMap; readonly stacks: BpfMap } | undefined {
    let best: { readonly sizes: BpfMap; readonly stacks: BpfMap } | undefined;
    let most = 0;
    for (const stacks of this.maps.values()) {
      const addresses = Object.keys(stacks).filter((key) => typeof stacks[key] === 'string' && stacks[key].includes('\n'));
      if (addresses.length === 0) continue;
      for (const sizes of this.maps.values()) {
        const common = addresses.reduce((count, key) => count + (typeof sizes[key] === 'number' ? 1 : 0), 0);
        if (common <= most) continue;
        most = common;
        best = { sizes, stacks };
      }
    }
    return best;
  }

  private line(text: string): void {
    this.number++;
    if (text.trim() === '') return;
    const told = parsed(text);
    this.lastIsForeign = told === undefined;
    if (told === undefined) {
      this.foreign.add(this.number);
      return;
    }
    this.isOurs = true;
    if (told['type'] !== 'map' || !isObject(told['data'])) return;
    const all = Object.entries(told['data']);
    for (const [name, map] of all) {
      if (!isObject(map)) continue;
      // It prints each map on a line of its own.
      this.maps.set(name, all.length === 1 && isByStack(map) ? summed(text) : map);
      this.printed.set(name, (this.printed.get(name) ?? 0) + 1);
    }
  }
}

/** Numbers by stack, a line for each of its frames. */
function isByStack(map: BpfMap): boolean {
  const entries = Object.entries(map);
  return entries.length > 0 && entries.every(([key, value]) => key.includes('\n') && typeof value === 'number');
}

/** With all that have the same stack. */
function summed(line: string): BpfMap {
  const sums = new Map<string, number>();
  for (const [key, value] of entriesOf(line, 'number')) sums.set(key, (sums.get(key) ?? 0) + Number(value));
  return Object.fromEntries(sums);
}

/** A size without a stack is on no stack: the sum stays that of the map. */
function addLive(
  builder: ProfileBuilder,
  printed: PrintedStacks,
  { sizes, stacks }: { readonly sizes: BpfMap; readonly stacks: BpfMap },
): void {
  for (const [address, size] of Object.entries(sizes)) {
    if (typeof size !== 'number') continue;
    const stack = stacks[address];
    const node = typeof stack === 'string' ? printed.node(stack) : 0;
    builder.add(0, node, size);
    builder.add(1, node, 1);
  }
}

import { LineSplitter } from '../../base/lines.js';
import type { HeapMeasure, HeapProfile } from '../../model/heap-profile.js';
import { ForeignLines } from './foreign-lines.js';
import { type FrameTold, ProfileBuilder } from './profile-builder.js';
import { type XtreeMeasures, xtreeMeasures } from './xtree-measures.js';

const POSITION = /^(\+\d+|-\d+|\*|\d+|0x[0-9a-f]+)$/i;
const SPEC = /^(ob|fl|fi|fe|fn|cob|cfl|cfi|cfn)=\s*(.*)$/;

/** What a compressed name stands for: `(3) main` tells it, `(3)` repeats it. */
class Names {
  private readonly told = new Map<string, string>();

  read(text: string): string {
    const parts = /^\((\d+)\)(?:\s+(.*))?$/.exec(text);
    if (parts === null) return text;
    const [, id, name] = parts;
    if (name === undefined) return this.told.get(id!) ?? '';
    this.told.set(id!, name);
    return name;
  }
}

/**
 * Memory profiles in the form of callgrind (https://valgrind.org/docs/manual/cl-format.html).
 *
 * The execution trees of Valgrind (`xtmemory.kcg.PID`, `xtleak.kcg.PID`; creator `xtree-…`) hold whole stacks: each block of lines up to an empty one is a
 * stack from the outside in, one call after the other, with the values in the last line. Of other programs, the form tells functions and what each calls, and
 * no stacks: there are many trees for one such graph. Each line of a function then stands alone, with what it has by itself. Files whose events are no
 * memory are none of ours.
 */
export class CallgrindParser {
  private readonly lines = new LineSplitter((line) => this.line(line), 1 << 18);
  private readonly builder = new ProfileBuilder('callgrind', []);
  private readonly facts = new Map<string, string>();
  private readonly titles = new Map<string, string>();
  private events: readonly string[] = [];
  /** Of each event its values by node. */
  private columns: number[][] = [];
  /** Files, functions and objects are counted apart. */
  private readonly names = { f: new Names(), n: new Names(), o: new Names() };
  private positions = 1;
  private file = '';
  private object = '';
  private function = '';
  /** Of the last cost line: others are told from it. */
  private lastPositions: number[] = [];
  /** The next cost line is of a call. */
  private isCall = false;
  /** The stack of this block so far, outermost first. */
  private stack: FrameTold[] = [];
  /** Reports before this one. */
  private others = 0;
  private lineNumber = 0;
  private readonly foreign = new ForeignLines();

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    const isOpen = this.stack.length > 0;
    const { builder, events, isXtree } = this;
    if (events.length === 0) return undefined;
    const columns = this.columns.map((column) => Float64Array.from({ length: builder.size }, (_, node) => column[node] ?? 0));
    const told = events.map((name, event) => ({ name, title: this.titles.get(name) ?? '', self: columns[event]! }));
    const made = isXtree ? xtreeMeasures(told) : graphMeasures(told);
    if (made === undefined) return undefined;
    const totals = this.facts.get('totals') ?? this.facts.get('summary');
    // Where there is nothing at all, Valgrind writes `(null)`.
    const toldSums = totals === undefined || totals === '(null)' ? [] : totals.split(/\s+/).map(Number);
    if (isOpen || (isXtree && totals === undefined)) builder.note({ code: 'cut' });
    this.foreign.noteIn(builder);
    const sums = columns.map((column) => column.reduce((total, value) => total + value, 0));
    if (totals !== undefined && toldSums.some((told, event) => told !== (sums[event] ?? 0))) {
      builder.note({ code: 'sums-differ', detail: totals });
    }
    if (!isXtree) builder.note({ code: 'no-stacks' });
    if (this.others > 0) builder.note({ code: 'several-profiles', count: this.others });
    const command = this.facts.get('cmd');
    const pid = Number(this.facts.get('pid') ?? 'none');
    const creator = this.facts.get('creator');
    const profile = builder.finish({
      ...(isXtree ? { tool: 'valgrind' } : creator === undefined ? {} : { tool: creator }),
      ...(command === undefined || command === '' ? {} : { command }),
      ...(Number.isSafeInteger(pid) && pid > 0 ? { pid } : {}),
    });
    return { ...profile, ...made };
  }

  private get isXtree(): boolean {
    return this.facts.get('creator')?.startsWith('xtree') === true;
  }

  private line(line: string): void {
    this.lineNumber++;
    if (this.understood(line)) return;
    this.foreign.add(this.lineNumber);
  }

  private understood(line: string): boolean {
    if (line.trim() === '' || line.startsWith('#')) {
      if (this.isXtree) this.stack = [];
      return true;
    }
    if (/^[0-9+*-]/.test(line)) return this.cost(line);
    const spec = SPEC.exec(line);
    if (spec !== null) return this.named(spec[1]!, spec[2]!);
    if (line.startsWith('calls=')) {
      this.isCall = true;
      return this.events.length > 0;
    }
    if (/^jump|^jcnd/.test(line)) return true;
    const fact = /^(\w+):\s*(.*?)\s*$/.exec(line);
    return fact !== null && this.fact(fact[1]!, fact[2]!);
  }

  private fact(name: string, text: string): boolean {
    if (name === 'event') {
      const title = /^(\w+)(?:\s*=[^:]*)?\s*:\s*(.*)$/.exec(text);
      if (title !== null) this.titles.set(title[1]!, title[2]!);
      return true;
    }
    if (name === 'events') {
      const events = text.split(/\s+/).filter((event) => event !== '');
      // A second report in one file stands for itself; the parts of a call graph belong together.
      if (this.events.length > 0) {
        if (!this.isXtree) return this.events.join(' ') === events.join(' ');
        this.others++;
        this.facts.delete('totals');
      }
      this.events = events;
      this.columns = this.events.map(() => []);
    } else if (name === 'positions') this.positions = Math.max(1, text.split(/\s+/).length);
    this.facts.set(name, text);
    return true;
  }

  private named(spec: string, text: string): boolean {
    const kind = spec.endsWith('n') ? 'n' : spec.endsWith('b') ? 'o' : 'f';
    const name = this.names[kind].read(text);
    if (spec === 'fn') this.function = name;
    else if (spec === 'ob') this.object = name;
    else if (spec.startsWith('f')) this.file = name;
    return true;
  }

  /** `POSITION… COST…`; costs at the end that are 0 may be missing. */
  private cost(line: string): boolean {
    if (this.events.length === 0) return false;
    const words = line.trim().split(/\s+/);
    const positions: number[] = [];
    for (let at = 0; at < this.positions; at++) {
      const word = words[at] ?? '';
      if (!POSITION.test(word)) return false;
      const before = this.lastPositions[at] ?? 0;
      positions.push(word === '*' ? before : /^[+-]/.test(word) ? before + Number(word) : Number(word));
    }
    this.lastPositions = positions;
    const costs = words.slice(this.positions).map(Number);
    if (costs.some((cost) => !Number.isFinite(cost)) || costs.length > this.events.length) return false;
    if (this.isCall) {
      this.isCall = false;
      return true;
    }
    // The line is the last of the positions; an address of an instruction stands before it.
    const told = frameOf(this.function, this.file, this.object, positions.at(-1) ?? 0);
    if (this.isXtree) {
      this.stack.push(told);
      if (costs.length === 0) return true;
    } else this.stack = [told];
    const { builder } = this;
    const node = builder.stack(this.stack.map((frame) => builder.frame(frame)).reverse());
    for (const [event, cost] of costs.entries()) {
      const column = this.columns[event]!;
      column[node] = (column[node] ?? 0) + cost;
    }
    this.stack = [];
    return true;
  }
}

const told = (text: string): string => (text === '???' || text === 'UnknownFile???' || text === 'UnknownFn???' ? '' : text);

const frameOf = (name: string, file: string, object: string, line: number): FrameTold => ({
  function: told(name),
  file: told(file),
  module: told(object),
  line,
});

/** The events of a call graph that are memory; undefined: none is. */
function graphMeasures(
  events: readonly { readonly name: string; readonly title: string; readonly self: Float64Array }[],
): XtreeMeasures | undefined {
  const measures: HeapMeasure[] = [];
  const self: Float64Array[] = [];
  for (const { name, title, self: column } of events) {
    const words = `${name} ${title}`;
    const isCount = /block|count|object|calls/i.test(words);
    if (!isCount && !/mem|byte|size|alloc|heap/i.test(words)) continue;
    measures.push({ quantity: 'other', unit: isCount ? 'count' : 'bytes', name: title === '' ? name : title });
    self.push(column);
  }
  return measures.some(({ unit }) => unit === 'bytes')
    ? { measures, self, chief: measures.findIndex(({ unit }) => unit === 'bytes') }
    : undefined;
}

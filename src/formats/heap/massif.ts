import { LineSplitter } from '../../base/lines.js';
import { ownValue } from '../../base/own-value.js';
import type { HeapMeasure, HeapMoment, HeapProfile, HeapTimeline } from '../../model/heap-profile.js';
import { ForeignLines } from './foreign-lines.js';
import { MassifTree, type SparseColumn } from './massif-tree.js';
import { ProfileBuilder } from './profile-builder.js';
import { type XtreeEvent, xtreeMeasures } from './xtree-measures.js';

const UNITS: Readonly<Record<string, HeapTimeline['unit']>> = { i: 'instructions', ms: 'ms', s: 'ms', B: 'allocated-bytes' };
/** Values of all moments that are kept, so that many snapshots of a big program fill no memory. */
const MOST_VALUES = 1 << 24;
/** The root's text in a tree that is of an event of an execution tree, and of no moment: `curB : currently allocated Bytes`. */
const EVENT = /^(\w+) : (.*)$/;

interface Snapshot {
  time: number;
  heap: number;
  extra: number;
  stacks: number;
  /** How much of a tree it has: `empty`, `detailed`, `peak`; '' when it is cut before. */
  kind: string;
  tree: MassifTree | undefined;
}

/**
 * What massif writes (https://valgrind.org/docs/manual/ms-manual.html), what heaptrack_print makes of its files in that form, and the execution trees that
 * Valgrind's memcheck and its like write as `xtmemory.ms.PID`. Text, one snapshot after the other.
 *
 * The profile's tree has what was live at the peak; without a snapshot of the peak, that of the greatest snapshot with a tree. Every snapshot with a tree is
 * a moment with values by node.
 */
export class MassifParser {
  private readonly lines = new LineSplitter((line) => this.line(line), 1 << 18);
  private readonly builder = new ProfileBuilder('massif', []);
  private readonly facts = new Map<string, string>();
  private readonly snapshots: Snapshot[] = [];
  private lineNumber = 0;
  private readonly foreign = new ForeignLines();
  private isCut = false;

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    this.closeTree();
    const { builder, snapshots } = this;
    const last = snapshots.at(-1);
    if (last === undefined) return undefined;
    if (this.isCut || last.kind === '') builder.note({ code: 'cut' });
    if (last.kind === '') snapshots.pop();
    this.foreign.noteIn(builder);
    if (snapshots.some(({ tree }) => tree?.isWrong === true)) builder.note({ code: 'sums-differ' });
    const events = this.events();
    const shown = greatest(snapshots);
    if (events === undefined && shown?.tree !== undefined && shown.tree.below > 0)
      builder.note({ code: 'below-threshold', count: shown.tree.below });
    const command = this.facts.get('cmd');
    const moments = events === undefined ? this.moments() : [];
    const profile = builder.finish({
      tool: this.facts.get('desc') === 'heaptrack' ? 'heaptrack' : events === undefined ? 'massif' : 'valgrind',
      ...(command === undefined || command === '' ? {} : { command }),
      addresses: 'process',
    });
    if (events !== undefined) return { ...profile, ...xtreeMeasures(events) };
    const measure: HeapMeasure = {
      quantity: shown?.tree?.title.startsWith('(page allocation') === true ? 'mapped' : shown?.kind === 'peak' ? 'peak' : 'live',
      unit: 'bytes',
    };
    const self = shown?.tree === undefined ? new Float64Array(builder.size) : dense(shown.tree.column, builder.size);
    return { ...profile, measures: [measure], self: [self], timeline: { unit: this.unit(), moments } };
  }

  private line(line: string): void {
    this.lineNumber++;
    const snapshot = this.snapshots.at(-1);
    if (snapshot?.tree !== undefined && /^ *n\d/.test(line)) {
      if (snapshot.tree.line(line)) return;
    } else if (line === '' || line.startsWith('#')) return;
    else {
      const fact = /^(desc|cmd|time_unit): ?(.*)$/.exec(line);
      if (fact !== null) {
        this.facts.set(fact[1]!, fact[2]!);
        return;
      }
      const value = /^(snapshot|time|mem_heap_B|mem_heap_extra_B|mem_stacks_B|heap_tree)=(.*)$/.exec(line);
      if (value !== null && this.value(value[1]!, value[2]!)) return;
    }
    this.foreign.add(this.lineNumber);
  }

  private value(name: string, text: string): boolean {
    if (name === 'snapshot') {
      this.closeTree();
      this.snapshots.push({ time: 0, heap: 0, extra: 0, stacks: 0, kind: '', tree: undefined });
      return true;
    }
    const snapshot = this.snapshots.at(-1);
    if (snapshot === undefined) return false;
    if (name === 'heap_tree') {
      if (text !== 'empty' && text !== 'detailed' && text !== 'peak') return false;
      snapshot.kind = text;
      if (text !== 'empty') snapshot.tree = new MassifTree(this.builder);
      return true;
    }
    const number = Number(text);
    if (text === '' || !Number.isFinite(number)) return false;
    if (name === 'time') snapshot.time = number;
    else if (name === 'mem_heap_B') snapshot.heap = number;
    else if (name === 'mem_heap_extra_B') snapshot.extra = number;
    else snapshot.stacks = number;
    return true;
  }

  private closeTree(): void {
    if (this.snapshots.at(-1)?.tree?.finish() === false) this.isCut = true;
  }

  private unit(): HeapTimeline['unit'] {
    return ownValue(UNITS, this.facts.get('time_unit') ?? 'i') ?? 'instructions';
  }

  /** The events of an execution tree; undefined: the snapshots are moments. */
  private events(): readonly XtreeEvent[] | undefined {
    const events: XtreeEvent[] = [];
    for (const { tree } of this.snapshots) {
      const title = EVENT.exec(tree?.title ?? '');
      if (tree === undefined || title === null) return undefined;
      events.push({ name: title[1]!, title: title[2]!, self: dense(tree.column, this.builder.size) });
    }
    return events.length === 0 ? undefined : events;
  }

  private moments(): readonly HeapMoment[] {
    const { size } = this.builder;
    const hasStacks = this.snapshots.some(({ stacks }) => stacks > 0);
    // heaptrack_print writes seconds.
    const scale = this.facts.get('time_unit') === 's' ? 1000 : 1;
    let room = Math.floor(MOST_VALUES / size);
    let without = 0;
    const moments = this.snapshots.map(({ time, heap, extra, stacks, kind, tree }): HeapMoment => {
      const keeps = tree !== undefined && (kind === 'peak' || room-- > 0);
      if (tree !== undefined && !keeps) without++;
      return {
        at: time * scale,
        bytes: heap,
        extraBytes: extra,
        ...(hasStacks ? { stackBytes: stacks } : {}),
        ...(keeps ? { self: dense(tree.column, size) } : {}),
        ...(kind === 'peak' ? { isPeak: true } : {}),
      };
    });
    if (without > 0) this.builder.note({ code: 'too-many', count: without });
    return moments;
  }
}

/** The snapshot of the peak, or else the greatest of those with a tree. */
function greatest(snapshots: readonly Snapshot[]): Snapshot | undefined {
  let found: Snapshot | undefined;
  for (const snapshot of snapshots) {
    if (snapshot.tree === undefined) continue;
    if (snapshot.kind === 'peak') return snapshot;
    if (found === undefined || snapshot.heap > found.heap) found = snapshot;
  }
  return found;
}

function dense({ nodes, values }: SparseColumn, size: number): Float64Array {
  const column = new Float64Array(size);
  for (const [at, node] of nodes.entries()) column[node]! += values[at]!;
  return column;
}

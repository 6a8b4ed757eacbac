import { inclusiveValues } from '../insight/heap/sums.js';
import type { HeapMeasure, HeapProfile } from '../model/heap-profile.js';
import { isHeld } from './heap-amounts.js';
import { ProtobufWriter } from './protobuf.js';
import { StackPath } from './stack-path.js';

/** Numbers of the fields of profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto). */
const PROFILE = {
  sampleType: 1,
  sample: 2,
  mapping: 3,
  location: 4,
  function: 5,
  string: 6,
  timeNanos: 9,
  comment: 13,
  defaultSampleType: 14,
};
const VALUE_TYPE = { type: 1, unit: 2 };
const SAMPLE = { location: 1, value: 2 };
const MAPPING = { id: 1, filename: 5, hasFunctions: 7, hasFilenames: 8, hasLines: 9, hasInlined: 10 };
const LOCATION = { id: 1, mapping: 2, address: 3, line: 4 };
const LINE = { function: 1, line: 2 };
const FUNCTION = { id: 1, name: 2, systemName: 3, filename: 4 };

/** The words that pprof itself and Go use for heaps; the others are named alike. */
const WORDS: Readonly<Partial<Record<HeapMeasure['quantity'], string>>> = { live: 'inuse', total: 'alloc' };
const typeOf = ({ quantity, unit, name }: HeapMeasure): string =>
  `${WORDS[quantity] ?? (quantity === 'other' ? (name ?? 'other').replace(/\W+/g, '_') : quantity)}_${unit === 'bytes' ? 'space' : 'objects'}`;

/** So many bytes are handed on at once. */
const PIECE = 1 << 16;

/**
 * A profile as pprof reads it, not yet packed (files are, by gzip): samples with a value for each measure, `inuse_space` for live bytes. Inlined
 * frames are lines of the location that they were inlined into. Addresses are written as they are; of modules only the names are known. Values that
 * are no whole numbers, as estimates from samples, are rounded. Stacks without frames have a sample without locations.
 */
export function* heapPprof(profile: HeapProfile, measure: number): Generator<Uint8Array> {
  const { tree, measures, self, at, command, frames } = profile;
  const strings = new Strings();
  const out = new ProtobufWriter();
  for (const one of measures) {
    const type = new ProtobufWriter();
    type.number(VALUE_TYPE.type, strings.of(typeOf(one)));
    type.number(VALUE_TYPE.unit, strings.of(one.unit));
    out.message(PROFILE.sampleType, type);
  }
  const locations = new Locations(profile, strings);
  // By the first mapping pprof names the whole.
  locations.mappingOf(mainModule(profile, measure));
  const sample = new ProtobufWriter();
  for (let node = 0; node < tree.length; node++) {
    if (!isHeld(self, node)) continue;
    sample.clear();
    const ids = locations.of(node);
    if (ids.length > 0) sample.packed(SAMPLE.location, ids);
    sample.packed(
      SAMPLE.value,
      self.map((values) => Math.round(values[node]!)),
    );
    out.message(PROFILE.sample, sample);
    if (out.size > PIECE) yield out.take();
  }
  for (const message of locations.modules(frames.inlined.includes(1))) out.message(PROFILE.mapping, message);
  for (const message of locations.locations) out.message(PROFILE.location, message);
  for (const message of locations.functions) out.message(PROFILE.function, message);
  const chief = measures[measure];
  const defaultType = chief === undefined ? 0 : strings.of(typeOf(chief));
  const comment = command === undefined ? 0 : strings.of(command);
  for (const text of strings.texts) out.text(PROFILE.string, text);
  // Nanoseconds since the epoch are above 2^53: the last digits are those of milliseconds anyway.
  if (at !== undefined) out.number(PROFILE.timeNanos, at * 1e6);
  if (comment !== 0) out.packed(PROFILE.comment, [comment]);
  out.number(PROFILE.defaultSampleType, defaultType);
  yield out.take();
}

/** The module in which most of it begins: the program; empty where none is told. */
function mainModule({ tree, frames, texts, self }: HeapProfile, measure: number): string {
  const values = self[measure];
  if (values === undefined) return '';
  const sums = inclusiveValues(tree, values);
  let largest = 0;
  for (let node = 1; node < tree.length; node++)
    if (tree.parent[node] === 0 && (largest === 0 || sums[node]! > sums[largest]!)) largest = node;
  return largest === 0 ? '' : (texts[frames.module[tree.frame[largest]!]!] ?? '');
}

/** The string table: the first one is empty. */
class Strings {
  readonly texts: string[] = [''];
  private readonly index = new Map<string, number>([['', 0]]);

  of(text: string): number {
    let index = this.index.get(text);
    if (index === undefined) {
      index = this.texts.push(text) - 1;
      this.index.set(text, index);
    }
    return index;
  }
}

/** Locations, functions and mappings, made when a stack needs them; their ids begin with 1. */
class Locations {
  readonly locations: ProtobufWriter[] = [];
  readonly functions: ProtobufWriter[] = [];
  private readonly mappings: string[] = [];
  private readonly locationIds = new Map<string, number>();
  private readonly path: StackPath;
  /** Of each level of the path the level of the frame that it was inlined into, or itself. */
  private readonly outer: number[] = [];
  /** Of each level its location; 0: not asked for yet. */
  private readonly location: number[] = [];
  private readonly ids: number[] = [];
  /** Of each frame the location that is it alone; 0: none yet. Most are. */
  private readonly ownIds: Uint32Array;
  private readonly functionIds = new Map<string, number>();
  private readonly mappingIds = new Map<string, number>();

  constructor(
    private readonly profile: HeapProfile,
    private readonly strings: Strings,
  ) {
    this.ownIds = new Uint32Array(profile.frames.length);
    this.path = new StackPath(profile.tree);
  }

  /** Ids of the locations of the stack of a node, innermost first; the list is used again by the next call. */
  of(node: number): readonly number[] {
    const { path, outer, location, ids } = this;
    const { frame } = this.profile.tree;
    const { inlined } = this.profile.frames;
    for (let level = path.goTo(node) + 1; level <= path.depth; level++) {
      // An inlined frame belongs to the location of the next outer one, where there is one.
      const isWithin = level > 1 && inlined[frame[path.nodes[level]!]!] === 1;
      outer[level] = isWithin ? outer[level - 1]! : level;
      location[level] = 0;
    }
    ids.length = 0;
    for (let level = path.depth; level > 0; level = outer[level]! - 1) {
      if (location[level] === 0) location[level] = this.locationAt(level);
      ids.push(location[level]!);
    }
    return ids;
  }

  /** Of the frames from a level outwards to the first that is not inlined. */
  private locationAt(level: number): number {
    const { path, outer, ownIds } = this;
    const { frame } = this.profile.tree;
    const run: number[] = [];
    for (let at = level; at >= outer[level]!; at--) run.push(frame[path.nodes[at]!]!);
    const [first] = run;
    if (run.length > 1 || first === undefined) return this.locationOf(run);
    if (ownIds[first] === 0) ownIds[first] = this.locationOf(run);
    return ownIds[first]!;
  }

  modules(hasInlined: boolean): ProtobufWriter[] {
    return this.mappings.map((module, index) => {
      const message = new ProtobufWriter();
      message.number(MAPPING.id, index + 1);
      message.number(MAPPING.filename, this.strings.of(module));
      // Else pprof would look for symbols of its own, by addresses that are none of this module's file.
      for (const flag of [MAPPING.hasFunctions, MAPPING.hasFilenames, MAPPING.hasLines]) message.number(flag, 1);
      if (hasInlined) message.number(MAPPING.hasInlined, 1);
      return message;
    });
  }

  private locationOf(run: readonly number[]): number {
    const key = run.join(',');
    const there = this.locationIds.get(key);
    if (there !== undefined) return there;
    const { frames, texts } = this.profile;
    const outer = run[run.length - 1]!;
    const id = this.locations.length + 1;
    const message = new ProtobufWriter();
    message.number(LOCATION.id, id);
    const module = texts[frames.module[outer]!] ?? '';
    message.number(LOCATION.mapping, this.mappingOf(module));
    const address = Number(texts[frames.address[outer]!] ?? '');
    if (Number.isSafeInteger(address) && address > 0) message.number(LOCATION.address, address);
    for (const frame of run) {
      const name = texts[frames.function[frame]!] ?? '';
      if (name === '') continue;
      const line = new ProtobufWriter();
      line.number(LINE.function, this.functionOf(name, texts[frames.file[frame]!] ?? ''));
      line.number(LINE.line, frames.line[frame]!);
      message.message(LOCATION.line, line);
    }
    this.locations.push(message);
    this.locationIds.set(key, id);
    return id;
  }

  private functionOf(name: string, file: string): number {
    const key = `${name}\0${file}`;
    const there = this.functionIds.get(key);
    if (there !== undefined) return there;
    const id = this.functions.length + 1;
    const message = new ProtobufWriter();
    message.number(FUNCTION.id, id);
    message.number(FUNCTION.name, this.strings.of(name));
    message.number(FUNCTION.systemName, this.strings.of(name));
    message.number(FUNCTION.filename, this.strings.of(file));
    this.functions.push(message);
    this.functionIds.set(key, id);
    return id;
  }

  mappingOf(module: string): number {
    if (module === '') return 0;
    const there = this.mappingIds.get(module);
    if (there !== undefined) return there;
    const id = this.mappings.push(module);
    this.mappingIds.set(module, id);
    return id;
  }
}

import { stackOf } from '../insight/heap/sums.js';
import type { HeapMeasure, HeapProfile } from '../model/heap-profile.js';
import { ProtobufWriter } from './protobuf.js';

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
  for (let node = 0; node < tree.length; node++) {
    if (self.every((values) => values[node] === 0)) continue;
    const sample = new ProtobufWriter();
    const ids = locations.of(stackOf(tree, node));
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
  /** Of each frame the location that is it alone; 0: none yet. Most are. */
  private readonly ownIds: Uint32Array;
  private readonly functionIds = new Map<string, number>();
  private readonly mappingIds = new Map<string, number>();

  constructor(
    private readonly profile: HeapProfile,
    private readonly strings: Strings,
  ) {
    this.ownIds = new Uint32Array(profile.frames.length);
  }

  /** Ids of the locations of a stack, innermost first. */
  of(stack: readonly number[]): number[] {
    const { inlined } = this.profile.frames;
    const ids: number[] = [];
    let run: number[] = [];
    for (const [depth, frame] of stack.entries()) {
      run.push(frame);
      // An inlined frame belongs to the location of the next outer one, where there is one.
      if (inlined[frame] === 1 && depth < stack.length - 1) continue;
      if (run.length === 1) {
        if (this.ownIds[frame] === 0) this.ownIds[frame] = this.locationOf(run);
        ids.push(this.ownIds[frame]!);
      } else ids.push(this.locationOf(run));
      run = [];
    }
    return ids;
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
    if (module !== '') message.number(LOCATION.mapping, this.mappingOf(module));
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

  private mappingOf(module: string): number {
    const there = this.mappingIds.get(module);
    if (there !== undefined) return there;
    const id = this.mappings.push(module);
    this.mappingIds.set(module, id);
    return id;
  }
}

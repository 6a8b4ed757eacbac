import type { HeapMeasure, HeapProfile } from '../../model/heap-profile.js';
import { type PprofMessage, readPprof } from './pprof-message.js';
import { DEEPEST_STACK, ProfileBuilder } from './profile-builder.js';
import { signed, type Varint } from './protobuf.js';

/** More bytes are not held. */
const LONGEST = 1 << 30;
/** The file has more types of values than that only when it lies. */
const MOST_TYPES = 64;

/** As Go's runtime, tcmalloc, jemalloc's converters and pprof(1) name them. */
const QUANTITIES: Readonly<Record<string, HeapMeasure>> = {
  inuse_space: { quantity: 'live', unit: 'bytes' },
  inuse_objects: { quantity: 'live', unit: 'count' },
  alloc_space: { quantity: 'total', unit: 'bytes' },
  alloc_objects: { quantity: 'total', unit: 'count' },
  // Profiles that know of live blocks only.
  space: { quantity: 'live', unit: 'bytes' },
  objects: { quantity: 'live', unit: 'count' },
  // The others as `memlens heap --format pprof` names them.
  ...Object.fromEntries(
    (['temporary', 'peak', 'growth', 'mapped', 'touched', 'read', 'written'] as const).flatMap((quantity) => [
      [`${quantity}_space`, { quantity, unit: 'bytes' }],
      [`${quantity}_objects`, { quantity, unit: 'count' }],
    ]),
  ),
};
const BYTES_OF_UNIT: Readonly<Record<string, number>> = {
  bytes: 1,
  byte: 1,
  kilobytes: 1024,
  megabytes: 1024 ** 2,
  gigabytes: 1024 ** 3,
};

interface Column {
  readonly measure: HeapMeasure;
  readonly scale: number;
}

/**
 * A profile of pprof, not compressed any more. Values with the same name as those of heap profiles are understood; all others keep their name. Labels
 * tell stacks apart in pprof; here stacks that differ in labels only are one, with their sum.
 */
export class PprofParser {
  private chunks: Uint8Array[] = [];
  private length = 0;
  private isTooLong = false;

  push(chunk: Uint8Array): void {
    if (this.isTooLong || this.length + chunk.length > LONGEST) {
      this.isTooLong = true;
      return;
    }
    // A copy: the caller may use its buffer again (and slice of a Buffer copies nothing).
    this.chunks.push(new Uint8Array(chunk));
    this.length += chunk.length;
  }

  end(): HeapProfile | undefined {
    const message = readPprof(this.joined());
    // The first text must be the empty one; this is what tells a profile from other bytes.
    if (message.texts[0] !== '' || message.types.length === 0) return undefined;
    const columns = message.types.slice(0, MOST_TYPES).map((type) => column(message, type));
    const builder = new ProfileBuilder(
      'pprof',
      columns.map(({ measure }) => measure),
    );
    const frames = new LocationFrames(message, builder);
    let broken = message.broken;
    for (const sample of message.samples) {
      const stack: number[] = [];
      const values: number[] = [];
      while (sample.next()) {
        if (sample.field === 1) sample.numbers((id) => frames.append(id, stack));
        else if (sample.field === 2) sample.numbers((value) => values.push(signed(value)));
      }
      if (sample.isBroken) broken++;
      const node = builder.stack(stack);
      for (const [index, { scale }] of columns.entries()) builder.add(index, node, (values[index] ?? 0) * scale);
    }
    if (this.isTooLong) builder.note({ code: 'too-many' });
    if (message.isCut) builder.note({ code: 'cut' });
    if (broken > 0) builder.note({ code: 'foreign-lines', count: broken });
    if (frames.hasAddresses && !frames.hasNames) builder.note({ code: 'no-symbols' });
    const { period, time } = message;
    if (period > 1 && message.texts[message.periodType.unit] === 'bytes') builder.note({ code: 'sampled', count: period });
    return builder.finish({
      chief: chiefOf(message, columns.length),
      ...(time > 0 ? { at: Math.round(time / 1e6) } : {}),
      ...(frames.hasAddresses ? { addresses: frames.hasModules ? 'module' : 'process' } : {}),
    });
  }

  private joined(): Uint8Array {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    this.chunks = [];
    return all;
  }
}

function column(message: PprofMessage, { type, unit }: PprofMessage['types'][number]): Column {
  const name = message.texts[type] ?? '';
  const unitName = message.texts[unit] ?? '';
  const scale = Object.hasOwn(BYTES_OF_UNIT, unitName) ? BYTES_OF_UNIT[unitName] : undefined;
  const known = Object.hasOwn(QUANTITIES, name) ? QUANTITIES[name] : undefined;
  if (known !== undefined && (known.unit === 'bytes') === (scale !== undefined)) return { measure: known, scale: scale ?? 1 };
  if (scale !== undefined) return { measure: { quantity: 'other', unit: 'bytes', name: name || 'bytes' }, scale };
  const isPlain = unitName === '' || unitName === 'count';
  return { measure: { quantity: 'other', unit: 'count', name: isPlain ? name || 'count' : `${name} (${unitName})` }, scale: 1 };
}

/** The one that the file names; else the last one, as in pprof(1). */
function chiefOf(message: PprofMessage, columns: number): number {
  const named = message.defaultType === 0 ? -1 : message.types.findIndex(({ type }) => type === message.defaultType);
  const byText = message.types.findIndex(({ type }) => message.texts[type] === message.texts[message.defaultType]);
  const chief = named >= 0 ? named : message.defaultType === 0 ? -1 : byText;
  return chief >= 0 && chief < columns ? chief : columns - 1;
}

/** The frames of each location, innermost first: its inlined functions, and the one they were inlined into. */
class LocationFrames {
  hasNames = false;
  hasAddresses = false;
  hasModules = false;
  private readonly known = new Map<Varint, readonly number[]>();

  constructor(
    private readonly message: PprofMessage,
    private readonly builder: ProfileBuilder,
  ) {}

  /** Adds them to a stack; of one that is deeper than the deepest that is kept, one more at most, so that it is seen. */
  append(id: Varint, stack: number[]): void {
    let frames = this.known.get(id);
    if (frames === undefined) {
      frames = this.make(id);
      this.known.set(id, frames);
    }
    for (const frame of frames) {
      if (stack.length > DEEPEST_STACK) return;
      stack.push(frame);
    }
  }

  private make(id: Varint): readonly number[] {
    const { texts, locations, functions } = this.message;
    const location = locations.get(id);
    // A location that the file does not have stays a frame of which nothing is told.
    if (location === undefined) return [this.builder.frame({})];
    const place = this.place(location.mapping, location.address);
    if (location.lines.length === 0) return [this.builder.frame(place)];
    return location.lines.map(({ function: called, line }, at) => {
      const found = functions.get(called);
      const name = texts[found?.name ?? 0] || texts[found?.systemName ?? 0] || '';
      if (name !== '') this.hasNames = true;
      const file = texts[found?.file ?? 0] ?? '';
      return this.builder.frame({ ...place, function: name, file, line, inlined: at < location.lines.length - 1 });
    });
  }

  /** The module, and the address as an offset in its file where the mapping tells it. */
  private place(mapping: Varint, address: Varint): { readonly module?: string; readonly address?: string } {
    const found = this.message.mappings.get(mapping);
    const module = this.message.texts[found?.file ?? 0] ?? '';
    if (address === 0) return { module };
    this.hasAddresses = true;
    if (found === undefined || address < found.start || address >= found.limit) return { module, address: hex(BigInt(address)) };
    this.hasModules = true;
    return { module, address: hex(BigInt(address) - BigInt(found.start) + BigInt(found.offset)) };
  }
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

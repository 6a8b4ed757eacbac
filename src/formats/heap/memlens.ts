import {
  HEAP_FILE_FORMAT,
  HEAP_FILE_VERSION,
  type HeapFormat,
  type HeapMeasure,
  type HeapMoment,
  type HeapNote,
  type HeapProfile,
  type HeapRegion,
  type HeapTimeline,
} from '../../model/heap-profile.js';
import { ProfileBuilder } from './profile-builder.js';

/** UTF-16 units: a text that JavaScript's engines can hold. */
const LONGEST = 1 << 28;

type Json = Readonly<Record<string, unknown>>;

/**
 * Our own file of a heap profile (docs/heap-schema.json), as `memlens heap --format json` writes it. What does not belong there is left out; a stack
 * whose parent or frame is not there counts as one without frames.
 */
export class MemlensHeapParser {
  private text = '';
  private isTooLong = false;

  push(chunk: string): void {
    if (this.text.length + chunk.length > LONGEST) this.isTooLong = true;
    else this.text += chunk;
  }

  end(): HeapProfile | undefined {
    let file: unknown;
    try {
      file = JSON.parse(this.isTooLong ? '' : this.text);
    } catch {
      return undefined;
    }
    return isObject(file) && file['format'] === HEAP_FILE_FORMAT ? readProfile(file) : undefined;
  }
}

function readProfile(file: Json): HeapProfile {
  const measures = objects(file['measures']).flatMap(readMeasure);
  const source = isObject(file['source']) ? file['source'] : {};
  const format = FORMATS.find((name) => name === source['format']) ?? 'folded';
  const builder = new ProfileBuilder(format, measures);
  const frames = objects(file['frames']).map((frame) =>
    builder.frame({
      ...some('function', text(frame['function'])),
      ...some('file', text(frame['file'])),
      ...some('line', number(frame['line'])),
      ...some('module', text(frame['module'])),
      ...some('address', text(frame['address'])),
      inlined: frame['inlined'] === true,
    }),
  );
  const nodes = readStacks(builder, list(file['stacks']), frames, measures.length);
  for (const note of objects(file['notes'])) {
    const code = text(note['code']);
    if (code !== undefined) builder.note({ ...note, code } as HeapNote);
  }
  if ((number(file['version']) ?? 0) > HEAP_FILE_VERSION) builder.note({ code: 'newer-version' });
  const timeline = readTimeline(file['timeline'], nodes, builder.size);
  const regions = readRegions(file['regions'], nodes);
  const addresses = file['addresses'];
  const chief = number(file['chief']) ?? 0;
  return builder.finish({
    ...some('tool', text(source['tool'])),
    ...some('command', text(file['command'])),
    ...some('pid', number(file['pid'])),
    ...some('at', number(file['at'])),
    ...(addresses === 'process' || addresses === 'module' ? { addresses } : {}),
    ...(timeline === undefined ? {} : { timeline }),
    ...(regions === undefined ? {} : { regions }),
    chief: Number.isInteger(chief) && chief >= 0 && chief < measures.length ? chief : 0,
  });
}

/** Of each line of the file its node. */
function readStacks(builder: ProfileBuilder, rows: readonly unknown[], frames: readonly number[], measures: number): number[] {
  const nodes: number[] = [];
  for (const row of rows) {
    const [parent, frame, ...values] = list(row);
    const above = typeof parent === 'number' ? nodes[parent] : undefined;
    const own = typeof frame === 'number' ? frames[frame] : undefined;
    const node = above === undefined || own === undefined ? 0 : builder.child(above, own);
    nodes.push(node);
    for (let measure = 0; measure < measures; measure++) builder.add(measure, node, number(values[measure]) ?? 0);
  }
  return nodes;
}

function readMeasure(told: Json): HeapMeasure[] {
  const quantity = QUANTITIES.find((name) => name === told['quantity']);
  const { unit } = told;
  if (unit !== 'bytes' && unit !== 'count') return [];
  return [{ quantity: quantity ?? 'other', unit, ...some('name', text(told['name'])) }];
}

function readTimeline(told: unknown, nodes: readonly number[], length: number): HeapTimeline | undefined {
  if (!isObject(told)) return undefined;
  const unit = UNITS.find((name) => name === told['unit']);
  if (unit === undefined) return undefined;
  return { unit, moments: objects(told['moments']).map((moment) => readMoment(moment, nodes, length)) };
}

function readRegions(told: unknown, nodes: readonly number[]): readonly HeapRegion[] | undefined {
  if (!Array.isArray(told)) return undefined;
  return objects(told).flatMap(({ stack, start, end, at }) => {
    const node = typeof stack === 'number' ? nodes[stack] : undefined;
    if (node === undefined || typeof start !== 'number' || typeof end !== 'number') return [];
    return [{ node, start, end, ...some('at', number(at)) }];
  });
}

function readMoment(told: Json, nodes: readonly number[], length: number): HeapMoment {
  const stacks = told['stacks'];
  const self = Array.isArray(stacks) ? new Float64Array(length) : undefined;
  if (self !== undefined) {
    for (const pair of list(stacks)) {
      const [row, value] = list(pair);
      const node = typeof row === 'number' ? nodes[row] : undefined;
      if (node !== undefined) self[node]! += number(value) ?? 0;
    }
  }
  return {
    at: number(told['at']) ?? 0,
    bytes: number(told['bytes']) ?? 0,
    ...some('extraBytes', number(told['extraBytes'])),
    ...some('stackBytes', number(told['stackBytes'])),
    ...some('rss', number(told['rss'])),
    ...(told['isPeak'] === true ? { isPeak: true } : {}),
    ...(self === undefined ? {} : { self }),
  };
}

const FORMATS = [
  'heaptrack',
  'massif',
  'dhat',
  'callgrind',
  'pprof',
  'gperftools',
  'jemalloc',
  'memleak',
  'bpftrace',
  'strace',
  'perf',
  'folded',
  'page-owner',
  'pagetrace',
  'allocinfo',
  'slab-traces',
  'findings',
] as const satisfies readonly HeapFormat[];
const QUANTITIES = ['live', 'total', 'temporary', 'peak', 'growth', 'mapped', 'touched', 'read', 'written'] as const;
const UNITS = ['ms', 'instructions', 'allocated-bytes'] as const;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const objects = (value: unknown): readonly Json[] => list(value).map((one) => (isObject(one) ? one : {}));
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const some = <Name extends string, T>(name: Name, value: T | undefined): { readonly [K in Name]?: T } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [K in Name]?: T };

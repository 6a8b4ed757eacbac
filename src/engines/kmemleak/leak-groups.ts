import type { Finding } from '../../model/finding.js';
import type { Frame } from '../../model/stack.js';
import type { LeakObject } from './leak-object.js';

/** What has one backtrace. */
interface Group {
  readonly first: LeakObject;
  bytes: number;
  blocks: number;
  smallest: number;
  greatest: number;
  readonly addresses: string[];
  /** `insmod (26)`; the first ones. */
  readonly processes: Set<string>;
  /** Of more processes than are kept. */
  hasMoreProcesses: boolean;
  youngest: number | undefined;
  oldest: number | undefined;
}

const MOST_GROUPS = 4096;
const MOST_OBJECTS = 1 << 16;
const SHOWN = 8;

/** Puts objects of the same backtrace together. Bounded: when there are too many, what there is until then is given away. */
export class LeakGroups {
  private readonly groups = new Map<string, Group>();
  private readonly seen = new Map<string, Group>();

  constructor(private readonly give: (finding: Finding) => void) {}

  add(object: LeakObject): void {
    const { address, bytes, pid, jiffies } = object;
    // A report that was printed again tells of the same objects, which are older now.
    const identity = jiffies === undefined ? undefined : `${address} ${bytes} ${pid} ${jiffies}`;
    const known = identity === undefined ? undefined : this.seen.get(identity);
    if (known !== undefined) {
      if (object.age !== undefined) known.oldest = Math.max(known.oldest ?? 0, object.age);
      return;
    }
    if (this.groups.size >= MOST_GROUPS) this.flush();
    const group = this.groupOf(object);
    include(group, object);
    if (identity === undefined) return;
    if (this.seen.size >= MOST_OBJECTS) this.seen.clear();
    this.seen.set(identity, group);
  }

  flush(): void {
    for (const group of this.groups.values()) this.give(findingOf(group));
    this.groups.clear();
    this.seen.clear();
  }

  private groupOf(object: LeakObject): Group {
    // Without a stack nothing says that two are of one place.
    const key = object.frames.length === 0 ? `${object.address} ${object.bytes}` : object.frames.map(keyOf).join('\n');
    let group = this.groups.get(key);
    if (group === undefined) {
      group = {
        first: object,
        bytes: 0,
        blocks: 0,
        smallest: object.bytes,
        greatest: object.bytes,
        addresses: [],
        processes: new Set(),
        hasMoreProcesses: false,
        youngest: object.age,
        oldest: object.age,
      };
      this.groups.set(key, group);
    }
    return group;
  }
}

/** Not by its address in brackets, which is a hash that changes with each boot. */
const keyOf = ({ function: name, symbolOffset, symbolSize, module, file, line, address }: Frame): string =>
  name === undefined ? (address ?? '') : [name, symbolOffset, symbolSize, module, file, line].join('\0');

function include(group: Group, { address, bytes, comm, pid, age }: LeakObject): void {
  group.bytes += bytes;
  group.blocks++;
  group.smallest = Math.min(group.smallest, bytes);
  group.greatest = Math.max(group.greatest, bytes);
  if (group.addresses.length < SHOWN) group.addresses.push(address);
  if (comm !== undefined) {
    const process = `${comm} (${pid})`;
    if (group.processes.size < SHOWN) group.processes.add(process);
    else if (!group.processes.has(process)) group.hasMoreProcesses = true;
  }
  if (age !== undefined) {
    group.youngest = Math.min(group.youngest ?? age, age);
    group.oldest = Math.max(group.oldest ?? age, age);
  }
}

function findingOf(group: Group): Finding {
  const { first, bytes, blocks, processes } = group;
  const type = first.type === undefined ? '' : ` (${first.type})`;
  return {
    engine: 'kmemleak',
    kind: 'leak',
    leakKind: 'unreferenced',
    certainty: 'possible',
    message:
      blocks === 1
        ? `unreferenced object${type} ${first.address} (size ${bytes})`
        : `${blocks} unreferenced objects${type} of one backtrace (size ${bytes} together)`,
    bytes,
    blocks,
    count: blocks,
    ...(blocks === 1 ? { address: first.address } : {}),
    ...(processes.size === 1 && first.pid !== undefined && first.pid > 0 ? { pid: first.pid } : {}),
    stacks: [{ role: 'allocation', frames: first.frames }],
    details: detailsOf(group),
  };
}

function detailsOf({
  first,
  blocks,
  smallest,
  greatest,
  addresses,
  processes,
  hasMoreProcesses,
  youngest,
  oldest,
}: Group): string[] {
  const details: string[] = [];
  if (processes.size > 0) details.push(`allocated by ${[...processes].join(', ')}${hasMoreProcesses ? ' and others' : ''}`);
  // alloc_percpu: kmemleak knows one address and one size for all of them.
  if (first.type === 'percpu') details.push('each processor has as much: the size is that of one');
  if (youngest !== undefined && oldest !== undefined) {
    details.push(youngest === oldest ? `age ${youngest} s` : `age ${youngest} s to ${oldest} s`);
  }
  if (smallest !== greatest) details.push(`sizes ${smallest} to ${greatest} bytes`);
  if (blocks > 1) {
    const more = blocks - addresses.length;
    details.push(`objects ${addresses.join(', ')}${more > 0 ? ` and ${more} more` : ''}`);
  }
  if (first.dump.length > 0) {
    const of = blocks === 1 ? '' : ` of ${first.address}`;
    const cpu = first.dumpedOf === undefined ? '' : ` on cpu ${first.dumpedOf}`;
    details.push(`hex dump (first ${first.dumped} bytes${cpu})${of}:`, ...first.dump);
  }
  return details;
}

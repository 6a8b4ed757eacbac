import { ownValue } from '../../base/own-value.js';
import type { Bytes } from '../../base/units.js';
import type { AccountNote, AccountPartId, SystemFacts } from '../../model/machine-accounting.js';
import type { VmallocArea } from '../../model/system-owners.js';
import { knownPageSize } from './page-size.js';

/** VmallocTotal of x86-64 with four and with five levels of page tables: no other kernel has these. */
const X86_64_RANGES: ReadonlySet<number> = new Set([34_359_738_367 * 1024, 13_743_895_347_199 * 1024]);
/** Functions that allocate the stack of a new thread, by the kernels that name them as the caller. */
const STACK_CALLERS = /^(?:kernel_clone|_do_fork|do_fork|copy_process|dup_task_struct|alloc_thread_stack_node)[.+]/;
/** From when on stacks are allocated by vmalloc, unless it is switched off (CONFIG_VMAP_STACK). */
const STACKS_SINCE: Readonly<Record<string, number>> = { x86_64: 4.09, aarch64: 4.14 };

export interface VmallocTerms {
  readonly parts: Partial<Record<AccountPartId, readonly [Bytes | undefined, ...string[]]>>;
  readonly notes: readonly AccountNote[];
}

/** Memory of an area: its own pages, where vmalloc took them. ioremap, vmap and vm_map_ram only show memory of others. */
export function areaPages({ flags, pages }: VmallocArea): number {
  return flags.includes('vmalloc') ? (pages ?? 0) : 0;
}

/** vmalloc and the kernel stacks, each page once. */
export function vmallocTerms(facts: SystemFacts, fields: ReadonlyMap<string, number>): VmallocTerms {
  const stacks = fields.get('KernelStack');
  const used = vmallocUsed(facts, fields);
  const alone = { kernelStacks: [stacks, 'KernelStack'] } as const;
  if (used.bytes === undefined) return { parts: alone, notes: used.notes };
  const parts = { vmalloc: [used.bytes, ...used.sources] } as const;
  if (stacks === undefined) return { parts, notes: used.notes };
  const inside = stacksInside(facts, fields, stacks, used.bytes);
  if (inside === undefined) {
    return {
      parts: { ...parts, ...alone },
      notes: [...used.notes, { kind: 'stacks-perhaps-inside', bytes: Math.min(stacks, used.bytes) }],
    };
  }
  if (!inside.inside) return { parts: { ...parts, ...alone }, notes: used.notes };
  // The rest of vmalloc is a part of its own, so that the stacks can be drawn beside it; together they are what the kernel says.
  return {
    parts: { vmalloc: [Math.max(0, used.bytes - stacks), ...used.sources, 'KernelStack'], ...alone },
    notes: [...used.notes, { kind: 'stacks-inside-vmalloc', seen: inside.seen, bytes: stacks }],
  };
}

function vmallocUsed(
  facts: SystemFacts,
  fields: ReadonlyMap<string, number>,
): { readonly bytes?: Bytes; readonly sources: readonly string[]; readonly notes: readonly AccountNote[] } {
  const size = knownPageSize(facts.pageSize, facts.zones, fields.get('MemTotal'));
  if (facts.vmalloc !== undefined && size !== undefined) {
    const pages = facts.vmalloc.reduce((sum, area) => sum + areaPages(area), 0);
    return { bytes: pages * size, sources: ['/proc/vmallocinfo pages'], notes: [] };
  }
  const used = fields.get('VmallocUsed');
  // The largest gap was told until 4.3, and VmallocUsed had ioremap in it as long.
  const old = (fields.get('VmallocChunk') ?? 0) > 0 || (version(facts.kernelRelease) ?? 9) < 4.04;
  if (used !== undefined && used > 0 && !old) return { bytes: used, sources: ['VmallocUsed'], notes: [] };
  const note: AccountNote =
    used !== undefined && used > 0 ? { kind: 'vmalloc-with-ioremap', bytes: used } : { kind: 'vmalloc-not-told' };
  return { sources: [], notes: [note] };
}

/** Whether the stacks are inside of vmalloc; undefined: nothing says it. */
function stacksInside(
  facts: SystemFacts,
  fields: ReadonlyMap<string, number>,
  stacks: Bytes,
  used: Bytes,
): { readonly inside: boolean; readonly seen: boolean } | undefined {
  const size = knownPageSize(facts.pageSize, facts.zones, fields.get('MemTotal'));
  if (facts.vmalloc !== undefined && size !== undefined) {
    const pages = facts.vmalloc.reduce((sum, area) => sum + (STACK_CALLERS.test(area.caller ?? '') ? areaPages(area) : 0), 0);
    // Stacks that wait for the next thread are in vmalloc too, and threads begin and end between the two readings.
    return { inside: pages * size >= stacks / 2, seen: true };
  }
  // Stacks of a vendor who maps them by pieces, in an area of their own.
  if (fields.has('VmapStack')) return { inside: false, seen: true };
  if (stacks > used) return { inside: false, seen: true };
  const architecture = facts.architecture ?? (X86_64_RANGES.has(fields.get('VmallocTotal') ?? 0) ? 'x86_64' : undefined);
  const since = architecture === undefined ? undefined : ownValue(STACKS_SINCE, architecture);
  // VmallocUsed is told since 5.3, so a kernel without a known release is as new.
  return since !== undefined && (version(facts.kernelRelease) ?? 5.03) >= since ? { inside: true, seen: false } : undefined;
}

/** `6.1.0-18-amd64` as 6.01. */
function version(release: string | undefined): number | undefined {
  const [, major, minor] = /^(\d{1,2})\.(\d{1,2})/.exec(release ?? '') ?? [];
  return major === undefined ? undefined : Number(major) + Number(minor) / 100;
}

import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { ok, type Result } from '../../base/result.js';
import type { KernelAccess } from './kernel-access.js';
import { runAsRoot } from './root-script.js';

/** What a kernel can tell of its own allocations. */
export type KernelSourceKind =
  | 'allocinfo'
  | 'page-owner'
  | 'page-owner-stacks'
  | 'pagetrace'
  | 'vmallocinfo'
  | 'slabinfo'
  | 'slab-traces';

export interface KernelSource {
  readonly kind: KernelSourceKind;
  /** As the target names it. */
  readonly path: string;
  /** Of `slab-traces`: the slab cache. */
  readonly cache?: string;
  /** Who is asked may open it. */
  readonly isReadable: boolean;
}

export interface KernelSources {
  readonly sources: readonly KernelSource[];
  /** Whether more may be there than was seen: debugfs is not mounted, or only root may look into it. */
  readonly debugfs: 'seen' | 'not-mounted' | 'closed';
}

/** $1 is put before all paths. Prints a word, whether it may be read, and the path; a cache's name is a part of its path. */
const LIST = `
root=$1; t='	'
tell() { if [ -e "$2" ]; then r=no; [ ! -r "$2" ] || r=yes; printf '%s%s%s%s%s\\n' "$1" "$t" "$r" "$t" "\${2#"$root"}"; fi; }
for name in allocinfo pagetrace vmallocinfo slabinfo; do tell "$name" "$root/proc/$name"; done
debug=
while read -r from at type rest; do [ "$type" != debugfs ] || debug=$(printf '%b' "$at"); done <"$root/proc/mounts"
[ -z "$debug" ] || echo "debugfs$t$debug"
dir=$root\${debug:-/sys/kernel/debug}
if [ -r "$dir" ] && [ -x "$dir" ]; then
  tell page-owner "$dir/page_owner"
  tell page-owner-stacks "$dir/page_owner_stacks/show_stacks"
  for traces in "$dir"/slab/*/alloc_traces; do tell slab-traces "$traces"; done
elif [ -n "$debug" ]; then echo "closed$t$debug"
fi
for calls in "$root"/sys/kernel/slab/*/alloc_calls; do
  stored=; { read -r stored <"\${calls%/*}/store_user"; } 2>/dev/null
  [ "$stored" != 1 ] || tell slab-traces "$calls"
done
exit 0
`;

const KINDS: readonly KernelSourceKind[] = [
  'allocinfo',
  'page-owner',
  'page-owner-stacks',
  'pagetrace',
  'vmallocinfo',
  'slabinfo',
  'slab-traces',
];

/** Which of these files a target has, and whether they may be read; in the order of the kinds. Nothing is read yet. */
export async function listKernelSources(access: KernelAccess, cancel: Cancel): Promise<Result<KernelSources, Fault>> {
  const root = access.root ?? '';
  const listed = await runAsRoot(access, LIST, [root], cancel);
  if (!listed.ok) return listed;
  const sources: KernelSource[] = [];
  const seen = new Set<string>();
  let debugfs: KernelSources['debugfs'] = 'not-mounted';
  for (const line of listed.value.stdout.split('\n')) {
    const [word = '', second = '', path = ''] = line.split('\t');
    const kind = KINDS.find((name) => name === word);
    if (word === 'closed') debugfs = 'closed';
    else if (word === 'debugfs') debugfs = 'seen';
    if (kind === undefined || path === '') continue;
    const cache = kind === 'slab-traces' ? path.split('/').at(-2) : undefined;
    // Both places may tell the same cache.
    if (cache !== undefined && seen.has(cache)) continue;
    if (cache !== undefined) seen.add(cache);
    sources.push({ kind, path: `${root}${path}`, isReadable: second === 'yes', ...(cache === undefined ? {} : { cache }) });
  }
  return ok({ sources: sources.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)), debugfs });
}

interface SourceWords {
  readonly title: string;
  /** What it tells. */
  readonly gives: string;
  /** What a kernel needs for it. */
  readonly needs: string;
}

/** In the words of the editor and of docs/kernel.md. */
export const KERNEL_SOURCE_WORDS: Readonly<Record<KernelSourceKind, SourceWords>> = {
  allocinfo: {
    title: 'Allocations by Line (allocinfo)',
    gives: 'bytes and blocks that each line of the kernel has allocated and not freed',
    needs: 'Linux 6.10 or newer with CONFIG_MEM_ALLOC_PROFILING, and sysctl vm.mem_profiling=1',
  },
  'page-owner': {
    title: 'Pages by Stack (page_owner)',
    gives: 'pages that are in use, by the stack that allocated them',
    needs: 'CONFIG_PAGE_OWNER, and page_owner=on when the kernel is booted',
  },
  'page-owner-stacks': {
    title: 'Pages by Stack, Summed Up (page_owner_stacks)',
    gives: 'the same, summed up by the kernel: quick, also on large machines',
    needs: 'Linux 6.9 or newer with CONFIG_PAGE_OWNER, and page_owner=on when the kernel is booted',
  },
  pagetrace: {
    title: 'Pages by Function (pagetrace)',
    gives: 'pages that are in use, by the function that allocated them',
    needs: 'a kernel of Amlogic with CONFIG_AMLOGIC_PAGE_TRACE',
  },
  vmallocinfo: {
    title: 'vmalloc Areas by Caller (vmallocinfo)',
    gives: 'areas of vmalloc with who asked for them',
    needs: 'root',
  },
  slabinfo: {
    title: 'Slab Caches (slabinfo)',
    gives: 'objects and bytes of each slab cache',
    needs: 'root',
  },
  'slab-traces': {
    title: 'Objects of a Slab Cache by Stack (alloc_traces)',
    gives: 'objects of one slab cache, by the stack that allocated them',
    needs: 'CONFIG_SLUB_DEBUG, and slub_debug=U when the kernel is booted',
  },
};

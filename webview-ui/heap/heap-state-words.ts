import { formatBytes } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { HeapFormat, HeapProfile } from '../../src/model/heap-profile.js';
import type { HeapState } from '../../src/protocol/heap.js';
import { formatMoment, formatShare } from '../shared/format.js';
import type { IconName } from '../shared/icons.js';

const FORMATS: Readonly<Record<HeapFormat, string>> = {
  heaptrack: 'heaptrack',
  massif: 'Massif',
  dhat: 'DHAT',
  callgrind: 'Callgrind format',
  pprof: 'pprof',
  gperftools: 'gperftools',
  jemalloc: 'jemalloc',
  memleak: 'memleak',
  bpftrace: 'bpftrace',
  strace: 'strace',
  perf: 'perf',
  folded: 'folded stacks',
  'page-owner': 'page_owner',
  pagetrace: 'pagetrace',
  allocinfo: 'allocinfo',
  'slab-traces': 'traces of a slab cache',
  findings: 'findings of a run',
};

/** How the profile comes, with a picture. */
export function stateWords(state: HeapState, profile: HeapProfile | undefined): readonly [IconName, string] {
  switch (state.kind) {
    case 'reading':
      return ['sync', readingWords(state)];
    case 'still':
      return ['file', profile === undefined ? '' : originWords(profile)];
    case 'live':
      return ['circle-filled', `Live since ${formatMoment(state.since)}`];
    case 'ended':
      return ['debug-stop', `${visibleText(state.why)} (${formatMoment(state.at)})`];
    case 'failed':
      // Why stands below, with the next step.
      return ['error', profile === undefined ? 'Not read' : 'Could not be read again; this is what was read before'];
  }
}

function readingWords({ bytes, wholeBytes }: Extract<HeapState, { kind: 'reading' }>): string {
  if (bytes === undefined || bytes === 0) return 'Reading the heap profile…';
  const share = formatShare(bytes, wholeBytes);
  return `Reading the heap profile: ${formatBytes(bytes)}${share === '' ? '' : `, ${share}`}`;
}

/** `heaptrack 1.5.0, process 4711, 15 Jan 10:00:00` */
function originWords({ format, tool, pid, at }: HeapProfile): string {
  const parts = [visibleText(tool ?? FORMATS[format])];
  if (pid !== undefined) parts.push(`process ${pid}`);
  if (at !== undefined) parts.push(formatMoment(at, Number.POSITIVE_INFINITY));
  return parts.join(', ');
}

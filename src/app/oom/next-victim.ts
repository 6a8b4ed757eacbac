import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Bytes } from '../../base/units.js';
import type { NextVictims, OomCandidate } from '../../model/next-victim.js';
import { parseHidepid, showsProcessesOnly } from '../../procfs/hidepid.js';
import { parseMeminfo } from '../../procfs/meminfo.js';
import { parseStatLayout, type StatLayout } from '../../procfs/stat-layout.js';
import { parseStatus } from '../../procfs/status.js';
import { PROCESSES_ONLY } from '../system/missing-words.js';
import { type RootAccess, rootPrefix } from '../system/root-script.js';

const TIME_LIMIT_MS = 60_000;
/** Some 50,000 processes. */
const MOST_BYTES: Bytes = 64 << 20;
/** Lines of status that nobody reads here. */
const DULL = ['Sig', 'Shd', 'Cap', 'NS', 'Mems_', 'Cpus_', 'Sec', 'Spec', 'nonvol', 'vol', 'Huge', 'Core', 'THP', 'x86'];
/** No command of the script ends so by itself. */
const NO_NONCE = 94;
/**
 * The word that separates is made by the kernel of the target and new each time: no name of a process can hold it. `stat` is the last file of a process, for
 * only there a name may bring lines of its own.
 */
const SCRIPT = [
  'LC_ALL=C; export LC_ALL',
  `( IFS= read -r N </proc/sys/kernel/random/uuid ) 2>/dev/null || { cat /proc/self/mountinfo; exit ${NO_NONCE}; }`,
  'IFS= read -r N </proc/sys/kernel/random/uuid',
  'printf "%s\\n" "$N"',
  'part() { printf "\\n%s %s\\n" "$N" "$1"; }',
  'part meminfo; cat /proc/meminfo',
  'part release; cat /proc/sys/kernel/osrelease',
  'part mounts; cat /proc/self/mountinfo 2>/dev/null',
  'part user; id -u',
  // Before 2.6.36 there was oom_adj alone.
  'adj=oom_score_adj; [ -e /proc/self/oom_score_adj ] || [ ! -e /proc/self/oom_adj ] || adj=oom_adj',
  'part adj; echo $adj',
  'part own; echo $$',
  'for d in /proc/[0-9]*; do',
  '  part "${d#/proc/}"',
  '  cat "$d/oom_score" "$d/$adj" "$d/status" "$d/stat" 2>/dev/null',
  // They are passed over here too, where there is no sed.
  `done | if command -v sed >/dev/null 2>&1; then sed ${DULL.map((word) => `-e '/^${word}/d'`).join(' ')}; else cat; fi`,
  'part end',
].join('\n');

/**
 * Who would be killed if the memory of the whole machine ran out now. One bounded reading. As root also where /proc hides processes. Faults: `unreadable`,
 * and those of the target.
 */
export async function readNextVictims({ target, rootCommand }: RootAccess, cancel: Cancel): Promise<Result<NextVictims, Fault>> {
  const argv = [...rootPrefix(rootCommand), 'sh', '-c', SCRIPT];
  const captured = await target.capture({ argv }, { cancel, timeLimitMs: TIME_LIMIT_MS, maxBytes: MOST_BYTES });
  if (!captured.ok) return captured;
  const { exitCode, stdout, stderr } = captured.value;
  if (exitCode === NO_NONCE && showsProcessesOnly(stdout))
    return err({ code: 'unreadable', path: '/proc', detail: PROCESSES_ONLY });
  const told = parseNextVictims(stdout);
  return told === undefined ? err({ code: 'unreadable', path: '/proc', detail: stderr.trim().slice(-500) }) : ok(told);
}

/** What the script has said; undefined: it did not come to its end. */
export function parseNextVictims(text: string): NextVictims | undefined {
  const nonce = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\n)/.exec(text)?.[0];
  if (nonce === undefined) return undefined;
  const parts = new Map<string, string>();
  for (const part of text.split(`\n${nonce} `).slice(1)) {
    const cut = part.indexOf('\n');
    parts.set(cut < 0 ? part : part.slice(0, cut), cut < 0 ? '' : part.slice(cut + 1));
  }
  const meminfo = new Map(parseMeminfo(parts.get('meminfo') ?? '').map(({ name, value }) => [name, value]));
  const ram = meminfo.get('MemTotal');
  if (!parts.has('end') || ram === undefined) return undefined;
  const total = ram + (meminfo.get('SwapTotal') ?? 0);
  const usesOomAdj = parts.get('adj')?.trim() === 'oom_adj';
  const candidates: OomCandidate[] = [];
  let unread = 0;
  let kernelThreads = 0;
  const stats = new Map<number, StatLayout>();
  const bodies = [...parts].flatMap(([name, body]) => (/^\d+$/.test(name) ? [[Number(name), body] as const] : []));
  for (const [pid, body] of bodies) {
    const stat = statOf(pid, body);
    if (stat !== undefined) stats.set(pid, stat);
  }
  const own = ownProcesses(Number(parts.get('own')), stats);
  for (const [pid, body] of bodies) {
    if (own.has(pid)) continue;
    const process = processOf(pid, body, stats.get(pid), total, usesOomAdj);
    if (process === 'kernel-thread') kernelThreads++;
    else if (process === 'unread') unread++;
    else if (process !== 'no-memory') candidates.push(process);
  }
  const kernel = parts.get('release')?.trim();
  const partly = partlyOf(parts, kernelThreads);
  return {
    candidates: candidates
      // Elsewhere number 1 is the first process of a container, which is as any other.
      .map((one) => (one.pid === 1 && kernelThreads > 0 ? { ...one, isExempt: true } : one))
      .sort((a, b) => b.score - a.score || b.share + b.adj - (a.share + a.adj) || b.held - a.held || a.pid - b.pid),
    total,
    unread,
    ...(usesOomAdj ? { usesOomAdj } : {}),
    ...(kernel === undefined || kernel === '' ? {} : { kernel }),
    ...(partly === undefined ? {} : { partly }),
  };
}

/** What runs the look on the target: shells one in the other, the clock of its time limit, and what has made it root's. */
const LOOKERS = /^(?:(?:ba|da|a|m?k|z|ya)?sh|ksh93|busybox|toybox|sleep|sed|cat|sudo|su|doas|env)$/;

/**
 * The processes of this look itself, which end with it: the shell that reads (`own`), those that have started it, and what they have started, as far as
 * these are such programs. What a person has begun from the same shell is none of it.
 */
function ownProcesses(own: number, stats: ReadonlyMap<number, StatLayout>): ReadonlySet<number> {
  const found = new Set<number>();
  for (let pid = own; pid > 1 && !found.has(pid); pid = stats.get(pid)?.parent ?? 0) {
    if (!LOOKERS.test(stats.get(pid)?.command ?? '')) break;
    found.add(pid);
  }
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const [pid, { command, parent }] of stats) if (found.has(parent) && LOOKERS.test(command)) found.add(pid);
  }
  return found;
}

/** Where the last file of a process begins. */
const statAt = (pid: number, body: string): number => body.indexOf(`\n${pid} (`) + 1;

function statOf(pid: number, body: string): StatLayout | undefined {
  const at = statAt(pid, body);
  return at === 0 ? undefined : parseStatLayout(body.slice(at));
}

function processOf(
  pid: number,
  body: string,
  stat: StatLayout | undefined,
  total: Bytes,
  usesOomAdj: boolean,
): OomCandidate | 'kernel-thread' | 'no-memory' | 'unread' {
  // The score of 2.6 is a number of pages, doubled up to 15 times.
  const head = /^(-?\d{1,15})\n(-?\d{1,4})\n/.exec(body);
  if (stat?.isKernelThread === true) return 'kernel-thread';
  if (head === null || stat === undefined) return 'unread';
  if (stat.state === 'Z' || stat.state === 'X') return 'no-memory';
  const text = body.slice(head[0].length, statAt(pid, body));
  const status = parseStatus(text);
  if (status === undefined) return 'unread';
  const { vmRss: rss, vmSwap: swap = 0, vmPte = 0 } = status;
  if (rss === undefined) return 'no-memory';
  // The second level, which Linux 4.0 to 4.14 counts by itself.
  const pageTables = vmPte + Number(/^VmPMD:\s*(\d{1,15}) kB$/m.exec(text)?.[1] ?? 0) * 1024;
  const held = rss + swap + pageTables;
  const told = Number(head[2]);
  const adj = usesOomAdj ? 0 : told;
  const { vmSize } = status;
  return {
    pid,
    startTicks: stat.startTicks,
    name: stat.command,
    uid: status.uid,
    score: Number(head[1]),
    adj,
    ...(usesOomAdj ? { oomAdj: told, ...(vmSize === undefined ? {} : { vmSize }) } : {}),
    rss,
    swap,
    pageTables,
    held,
    share: total > 0 ? Math.floor((held * 1000) / total) : 0,
    isExempt: adj === -1000 || (usesOomAdj && told === -17),
  };
}

function partlyOf(parts: ReadonlyMap<string, string>, kernelThreads: number): NextVictims['partly'] {
  if (kernelThreads > 0) return undefined;
  const hides = parseHidepid(parts.get('mounts') ?? '') !== undefined && parts.get('user')?.trim() !== '0';
  return hides ? 'hidden' : 'container';
}

import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { SystemFacts } from '../../model/machine-accounting.js';
import type { VmCounters } from '../../model/sample.js';
import { HIDDEN_PROCESSES, type SystemState } from '../../model/system-state.js';
import { parseHidepid, showsProcessesOnly } from '../../procfs/hidepid.js';
import { parsePasswd } from '../../procfs/passwd.js';
import { parseStatus } from '../../procfs/status.js';
import { parseUptime } from '../../procfs/uptime.js';
import { parseVmstat } from '../../procfs/vmstat.js';
import { faultText } from '../fault-text.js';
import { factsOfTexts, type KnownFacts } from './facts-of-texts.js';
import { lookAtMounts, lookAtOpenFiles } from './look-files.js';
import { lookAtProcesses } from './look-processes.js';
import { dmaBufLinks, dmaBufs, memoryFiles } from './memory-files.js';
import { PROCESSES_ONLY } from './missing-words.js';
import { processesOfTexts } from './process-shares.js';
import type { RootAccess } from './root-script.js';
import { splitBreath } from './split-breath.js';
import { SystemLook } from './system-look.js';
import { MAIN_SCRIPT, PAGING_SCRIPT } from './system-scripts.js';
import type { SystemTexts } from './system-texts.js';

const MAIN_LIMIT_MS: Milliseconds = 30_000;

/** What is said when it is not there. */
const EXPECTED: readonly string[] = [
  '/proc/zoneinfo',
  '/proc/vmstat',
  '/proc/vmallocinfo',
  '/proc/slabinfo',
  '/proc/buddyinfo',
  '/proc/pagetypeinfo',
  '/proc/modules',
  '/proc/swaps',
  '/proc/sysvipc/shm',
  '/proc/pressure/memory',
  '/proc/self/mountinfo',
];

/** Where they are on most machines. */
const CGROUPS = '/sys/fs/cgroup/*/memory.*';

export interface TakeSystemOptions {
  /** The name of the target. */
  readonly source: string;
  readonly cancel: Cancel;
  /** The process that asks, where it is one of the target and ends soon. */
  readonly readBy?: number;
  /** What is read now: `processes, 64 of 300`. */
  readonly progress?: (what: string) => void;
}

/**
 * A machine's memory at this moment, as deep as the user of the target may look, and with a command for root as deep as root may. Nothing is written there. What can't be
 * read is in `missing`; a fault only when the target can't be reached, or has no meminfo.
 */
export async function takeSystem(
  access: RootAccess,
  { source, ...options }: TakeSystemOptions,
): Promise<Result<SystemState, Fault>> {
  const { target } = access;
  if (target.platform !== 'linux') return err({ code: 'unsupported-platform', platform: target.platform, target: target.id });
  const look = new SystemLook(access, options);
  const main = await readMain(look, access.rootCommand);
  if (!main.ok) return main;
  const { failed, rootRefused } = main.value;
  const texts = splitBreath(main.value.texts);
  look.isRoot = isRootIn(texts);
  const known = factsOfTexts(texts);
  if (!known.facts.meminfo.some(({ name }) => name === 'MemTotal')) {
    const isOfProcesses = showsProcessesOnly(texts.get('/proc/self/mountinfo') ?? '');
    return err({
      code: 'unreadable',
      path: '/proc/meminfo',
      detail: isOfProcesses ? PROCESSES_ONLY : 'there is no line MemTotal',
    });
  }
  for (const path of EXPECTED) if (!texts.has(path)) look.miss(path, failed.get(path) ?? 'absent');
  for (const [path, why] of failed) if (!EXPECTED.includes(path) && why === 'permission') look.miss(path, why);
  look.missing.push(...known.notUnderstood);
  if (known.facts.cgroups === undefined) look.miss(CGROUPS, 'absent');
  if ((known.owners.mounts ?? []).length > 0 && known.owners.mounts?.every(({ used }) => used === undefined) === true) {
    look.miss('df -Pk', 'unreadable');
  }
  const owned = await readOwners(look, texts, known);
  if (!owned.ok) return owned;
  const paging = await lookAtPaging(look, texts, known.facts);
  if (!paging.ok) return paging;
  const free = texts.get('free -V') ?? '';
  const procps = /procps/.test(free) ? /\d{1,3}(?:\.\d{1,3}){1,3}/.exec(free)?.[0] : undefined;
  return ok({
    source,
    owners: owned.value.owners,
    facts: { ...owned.value.facts, ...paging.value },
    missing: look.missing,
    ...(procps === undefined ? {} : { procps }),
    ...(options.readBy === undefined ? {} : { readBy: options.readBy }),
    ...(rootRefused === undefined ? {} : { rootRefused }),
  });
}

/** What was swapped and what was read again since the first reading; nothing where nobody counts. */
async function lookAtPaging(
  look: SystemLook,
  texts: ReadonlyMap<string, string>,
  { meminfo, counters = {} }: SystemFacts,
): Promise<Result<Pick<SystemFacts, 'swapping' | 'refaulting'>, Fault>> {
  const swap = (name: string): number => meminfo.find((field) => field.name === name)?.value ?? 0;
  const began = parseUptime(texts.get('/proc/uptime') ?? '');
  const swaps = swap('SwapTotal') > swap('SwapFree') && counters.pswpin !== undefined && counters.pswpout !== undefined;
  if (began === undefined || (!swaps && counters.refaultFile === undefined)) return ok({});
  const read = await look.run(PAGING_SCRIPT, [], MAIN_LIMIT_MS);
  if (!read.ok) return read.error.code === 'cancelled' ? read : ok({});
  const later = parseVmstat(read.value.texts.get('/proc/vmstat') ?? '');
  const duringMs = (parseUptime(read.value.texts.get('/proc/uptime') ?? '') ?? began) - began;
  if (!(duringMs > 0)) return ok({});
  const more = (name: keyof VmCounters): number => (later[name] ?? Number.NaN) - (counters[name] ?? Number.NaN);
  const [pagesIn, pagesOut, pages, majorFaults] = [more('pswpin'), more('pswpout'), more('refaultFile'), more('pgmajfault')];
  return ok({
    ...(swaps && pagesIn >= 0 && pagesOut >= 0 ? { swapping: { pagesIn, pagesOut, duringMs } } : {}),
    ...(pages >= 0 && majorFaults >= 0 ? { refaulting: { pages, majorFaults, duringMs } } : {}),
  });
}

/** As the user first. When something was refused, all of it once more as root, so that it is of one moment; what follows is then read as root, too. */
async function readMain(
  look: SystemLook,
  rootCommand: readonly string[],
): Promise<Result<SystemTexts & { readonly rootRefused?: string }, Fault>> {
  look.progress('the files of the kernel');
  const read = await look.run(MAIN_SCRIPT, [], MAIN_LIMIT_MS);
  if (!read.ok || rootCommand.length === 0) return read;
  if (isRootIn(read.value.texts) || ![...read.value.failed.values()].includes('permission')) return read;
  look.asRoot = true;
  const again = await look.run(MAIN_SCRIPT, [], MAIN_LIMIT_MS);
  if (again.ok || again.error.code === 'cancelled') return again;
  look.asRoot = false;
  const { message, detail = '' } = faultText(again.error);
  return ok({ ...read.value, rootRefused: detail === '' ? message : detail });
}

const uidIn = (texts: ReadonlyMap<string, string>): number | undefined => parseStatus(texts.get('/proc/self/status') ?? '')?.uid;
const isRootIn = (texts: ReadonlyMap<string, string>): boolean => uidIn(texts) === 0;

/** Whether /proc hides processes of others: it is mounted so, and not one was seen. Some groups and capabilities see all. */
function hidesProcesses(texts: ReadonlyMap<string, string>, statuses: ReadonlyMap<string, string>): boolean {
  if (isRootIn(texts) || parseHidepid(texts.get('/proc/self/mountinfo') ?? '') === undefined) return false;
  const user = uidIn(texts);
  return ![...statuses].some(([path, text]) => path.endsWith('/status') && (parseStatus(text)?.uid ?? user) !== user);
}

async function readOwners(
  look: SystemLook,
  texts: ReadonlyMap<string, string>,
  { facts, owners }: KnownFacts,
): Promise<Result<Pick<SystemState, 'facts' | 'owners'>, Fault>> {
  const pids = (texts.get('pids') ?? '').split('\n').filter((word) => /^\d{1,10}$/.test(word));
  const sums = texts.has('can smaps_rollup') ? 'smaps_rollup' : texts.has('can smaps') ? 'smaps' : 'none';
  const read = await lookAtProcesses(look, pids, sums);
  if (!read.ok) return read;
  const { links } = read.value;
  if (hidesProcesses(texts, read.value.texts)) look.miss(HIDDEN_PROCESSES, 'permission');
  const processes = processesOfTexts(read.value.texts, parsePasswd(texts.get('/etc/passwd') ?? ''));
  const names = processes?.names ?? new Map<number, string>();
  const mounts = owners.mounts ?? [];
  const named = await lookAtMounts(look, mounts);
  if (!named.ok) return named;
  const open = await lookAtOpenFiles(look, links, mounts, texts.get('/proc/self/mountinfo') ?? '');
  if (!open.ok) return open;
  const { files, leftOut } = memoryFiles(named.value, links, open.value.files, names);
  const buffers = dmaBufs(new Map([...texts, ...open.value.texts]), dmaBufLinks(links), open.value.inodes, names);
  return ok({
    facts: {
      ...facts,
      ...(processes?.mostPageTables === undefined ? {} : { mostPageTables: processes.mostPageTables }),
      ...(processes?.mostThreads === undefined ? {} : { mostThreads: processes.mostThreads }),
      // loadavg counts also those that /proc hides.
      ...(facts.threads !== undefined || processes === undefined ? {} : { threads: processes.threads }),
    },
    owners: {
      ...owners,
      ...(processes === undefined ? {} : { processes: processes.shares }),
      files,
      ...(leftOut === 0 ? {} : { filesLeftOut: leftOut }),
      ...(buffers === undefined ? {} : { dmaBufs: buffers }),
    },
  });
}

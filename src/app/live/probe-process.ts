import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { baseName } from '../../base/path.js';
import { err, ok, type Result } from '../../base/result.js';
import { parseElf } from '../../formats/elf.js';
import { machineWord } from '../../formats/elf-machine.js';
import type { LiveMachine, LiveProcess, LiveTool, LiveToolName } from '../../model/live.js';
import { parseHidepid } from '../../procfs/hidepid.js';
import { parseStatLayout } from '../../procfs/stat-layout.js';
import { parseStatus } from '../../procfs/status.js';
import { FACTS_LIMIT_MS, partsOf } from '../map/process-facts.js';
import type { Target } from '../ports.js';
import { PROBE } from './probe-script.js';

export interface Probed {
  readonly process: LiveProcess;
  readonly machine: LiveMachine;
  /** A directory of our own on that machine that may be kept (XDG base directory specification). Absent: there is none. */
  readonly cache?: string;
}

/**
 * What a process is, and what its machine has for looking into it. Faults: `no-process` (also when it is a thread of the kernel, a zombie, of another user,
 * or ours), and those of the target.
 */
export async function probeProcess(target: Target, pid: number, cancel: Cancel): Promise<Result<Probed, Fault>> {
  if (target.platform !== 'linux') return err({ code: 'unsupported-platform', platform: target.platform, target: target.id });
  const captured = await target.capture(
    { argv: ['/bin/sh', '-c', PROBE, 'memlens', String(pid)] },
    { cancel, timeLimitMs: FACTS_LIMIT_MS },
  );
  if (!captured.ok) return captured;
  const parts = partsOf(captured.value.stdout, 'environ');
  const machine = machineOf(parts);
  const process = processOf(pid, parts, machine);
  if (!process.ok) return process;
  const sanitizer = process.value.sanitizer ?? (await linkedSanitizer(target, pid, lines(parts.get('strings'))));
  // The last newline is echo's.
  const cache = (parts.get('cache') ?? '').replace(/\n$/, '');
  return ok({
    process: { ...process.value, ...(sanitizer === undefined ? {} : { sanitizer }) },
    machine,
    ...(cache === '' ? {} : { cache }),
  });
}

const lines = (text = ''): readonly string[] => text.split('\n').filter((line) => line !== '');

/** The facts of the machine in the script's answer; what is not understood is left out. */
function machineOf(parts: ReadonlyMap<string, string>): LiveMachine {
  const rows = lines(parts.get('tools')).map((line) => line.split('\t'));
  const tools: Partial<Record<LiveToolName, LiveTool>> = {};
  let gdbPython = false;
  for (const [name = '', path = '', said = ''] of rows) {
    if (name === 'python') gdbPython = said.trim() === 'yes';
    else {
      const version = /\d+(?:\.\d+)+/.exec(said.replace(/\(.*?\)/g, ''))?.[0];
      tools[name as LiveToolName] = { path, ...(version === undefined ? {} : { version }) };
    }
  }
  const [kernel, machine] = (parts.get('uname') ?? '').trim().split(/\s+/);
  const capabilities = /^CapEff:\s*([\da-f]+)/m.exec(parts.get('capabilities') ?? '')?.[1];
  const processors = number(parts.get('processors'));
  const perfParanoid = number(parts.get('paranoid'));
  const ptraceScope = number(parts.get('scope'));
  return {
    uid: number(parts.get('user')) ?? Number.NaN,
    ...(kernel ? { kernel } : {}),
    ...(machine ? { machine } : {}),
    ...(processors === undefined ? {} : { processors }),
    tools,
    ...(perfParanoid === undefined ? {} : { perfParanoid }),
    ...(ptraceScope === undefined ? {} : { ptraceScope }),
    ...(capabilities === undefined ? {} : { capabilities: BigInt(`0x${capabilities}`) }),
    ...(tools.gdb === undefined ? {} : { gdbPython }),
  };
}

function number(text: string | undefined): number | undefined {
  const digits = /^\s*(-?\d{1,15})\s*$/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

const DELETED = ' (deleted)';

function processOf(pid: number, parts: ReadonlyMap<string, string>, machine: LiveMachine): Result<LiveProcess, Fault> {
  const layout = parseStatLayout(parts.get('stat') ?? '');
  const text = parts.get('status') ?? '';
  const status = parseStatus(text);
  if (layout === undefined) {
    const hides = parseHidepid(parts.get('mounts') ?? '') !== undefined && machine.uid !== 0;
    return err(hides ? { code: 'no-process', pid, why: 'hidden' } : { code: 'not-found', path: `/proc/${pid}`, what: 'process' });
  }
  if (layout.isKernelThread) return err({ code: 'no-process', pid, why: 'kernel' });
  if (layout.state === 'Z' || layout.state === 'X') return err({ code: 'no-process', pid, why: 'zombie' });
  if ((parts.get('own') ?? '').trim().split(' ').includes(String(pid))) return err({ code: 'no-process', pid, why: 'own' });
  const maps = lines(parts.get('maps'));
  // The kernel asks the same of who reads them as of who attaches (ptrace(2), access mode checks).
  if (maps.at(-1) !== 'readable') return err({ code: 'no-process', pid, why: 'foreign' });
  const modules = modulesOf(maps);
  // readlink ends with one newline; others are of the name.
  const link = (parts.get('exe') ?? '').replace(/\n$/, '');
  const isDeleted = link.endsWith(DELETED);
  const executable = isDeleted ? link.slice(0, -DELETED.length) : link;
  const strings = lines(parts.get('strings'));
  const libc = libcOf(modules);
  const sanitizer = sanitizerOf(modules);
  const environment = environmentOf(parts.get('environ') ?? '');
  const ownPid = Number(/^NSpid:.*?(\d+)\s*$/m.exec(text)?.[1]);
  const [ours, theirs] = [lines(parts.get('ours')), lines(parts.get('theirs'))];
  return ok({
    pid,
    startTicks: layout.startTicks,
    command: layout.command,
    state: layout.state,
    ...(status === undefined ? {} : { uid: status.uid }),
    threads: status?.threads ?? 1,
    tracerPid: Number(/^TracerPid:\s*(\d+)/m.exec(text)?.[1] ?? 0),
    ...(executable === '' ? {} : { executable }),
    isDeleted,
    ...elfWords(parts.get('header') ?? ''),
    modules,
    libc,
    allocator: allocatorOf(modules, libc, strings),
    ...(sanitizer === undefined ? {} : { sanitizer }),
    ...(environment === undefined ? {} : { environment }),
    isInContainer: ours.length > 0 && theirs.length === ours.length && ours.some((one, at) => one !== theirs[at]),
    ...(Number.isInteger(ownPid) && ownPid !== pid ? { ownPid } : {}),
  });
}

/** Names are escaped as in proc_pid_maps(5): a newline is \012. */
function modulesOf(maps: readonly string[]): readonly string[] {
  const names = maps.flatMap((line) => {
    const name = /^\S+ \S+ \S+ \S+ \S+ +(\/.*)$/.exec(line)?.[1];
    return name === undefined ? [] : [name.replaceAll('\\012', '\n').replace(/ \(deleted\)$/, '')];
  });
  return [...new Set(names)];
}

function libcOf(modules: readonly string[]): LiveProcess['libc'] {
  const names = modules.map(baseName);
  if (names.some((name) => /^libc(-2\.\d+)?\.so(\.6)?$/.test(name) && !name.includes('musl'))) {
    // musl's own is named libc.so, or is its loader.
    return names.some((name) => /^ld-musl-/.test(name) || name === 'libc.so') ? 'musl' : 'glibc';
  }
  if (names.some((name) => /^(ld-musl-|libc\.musl-)/.test(name))) return 'musl';
  if (names.some((name) => /^libc\.so|^libuClibc|^libbionic/.test(name))) return 'other';
  return modules.some((name) => /\.so(\.|$)/.test(name)) ? 'unknown' : 'none';
}

function allocatorOf(
  modules: readonly string[],
  libc: LiveProcess['libc'],
  strings: readonly string[],
): LiveProcess['allocator'] {
  const names = modules.map(baseName);
  if (names.some((name) => /^libjemalloc/.test(name)) || strings.includes('<jemalloc>: ')) return 'jemalloc';
  if (names.some((name) => /^libtcmalloc/.test(name))) return 'tcmalloc';
  // Its name may be that of a program that only asks it things.
  if (strings.includes('MallocExtension')) return 'unknown';
  if (names.some((name) => /^lib(mimalloc|snmalloc|hoard|rpmalloc|Hoard)/.test(name))) return 'unknown';
  return libc === 'glibc' || libc === 'musl' ? 'libc' : 'unknown';
}

function sanitizerOf(modules: readonly string[]): LiveProcess['sanitizer'] {
  const names = modules.map(baseName);
  if (names.some((name) => /^lib(clang_rt\.)?asan[.-]/.test(name))) return 'asan';
  return names.some((name) => /^lib(clang_rt\.)?lsan[.-]/.test(name)) ? 'lsan' : undefined;
}

/** One that is linked into the program. Only a file that holds its name is looked at more closely. */
async function linkedSanitizer(target: Target, pid: number, strings: readonly string[]): Promise<LiveProcess['sanitizer']> {
  if (!strings.includes('__asan_init') && !strings.includes('__lsan_init')) return undefined;
  const elf = await parseElf(async (offset, length) => {
    const bytes = await target.readBytes(`/proc/${pid}/exe`, { offset, length });
    return bytes.ok ? bytes.value : new Uint8Array();
  });
  return elf?.sanitizer === 'other' ? undefined : elf?.sanitizer;
}

/** elf(5): class, byte order and machine, of od(1)'s bytes. */
function elfWords(header: string): Pick<LiveProcess, 'bits' | 'machine'> {
  const bytes = header
    .trim()
    .split(/\s+/)
    .map((word) => Number.parseInt(word, 16));
  const [a, b, c, d, size, order] = bytes;
  if (a !== 0x7f || b !== 0x45 || c !== 0x4c || d !== 0x46 || bytes.length < 20) return {};
  const bits = size === 2 ? 64 : 32;
  const isLittle = order === 1;
  const [low = 0, high = 0] = isLittle ? [bytes[18], bytes[19]] : [bytes[19], bytes[18]];
  return { bits, machine: machineWord(low + (high << 8), bits, isLittle) };
}

/** Undefined: it may not be read, or holds nothing of interest. */
function environmentOf(text: string): LiveProcess['environment'] {
  const pairs = lines(text).map((line): [string, string] => [
    line.slice(0, line.indexOf('=')),
    line.slice(line.indexOf('=') + 1),
  ]);
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

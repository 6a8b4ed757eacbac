import type { RunInput, RunPlan } from '../engine.js';
import { canBeFlag, type Flags, formatFlags, mergeFlags, parseFlags } from './flags.js';
import { MACHINE_FORMAT } from './machine-format.js';
import { canBePreloaded } from './obstacles.js';

/** Report files are `sanitizer.PID` in the run's directory. */
const REPORT_PREFIX = 'sanitizer';
/** Where the companion (media/companion.c) waits to be asked for a leak check: this and `.PID.THREAD`. */
export const CONTROL_VARIABLE = 'MEMLENS_CONTROL';

/** Flags that only LeakSanitizer's own variable should carry: in ASAN_OPTIONS the name means another file. */
const LEAK_ONLY = new Set(['suppressions']);

interface Wanted {
  readonly engine: 'asan' | 'lsan' | 'lsan-preload';
  /** Values that the user may change. */
  readonly defaults: Readonly<Record<string, string>>;
}

/** The command and environment of a run whose runtime is `wanted`. */
export function planSanitizer(input: RunInput, { engine, defaults }: Wanted): RunPlan {
  const required = new Map([
    ['log_path', `${input.reportDir}/${REPORT_PREFIX}`],
    ['exitcode', '0'],
    ['stack_trace_format', MACHINE_FORMAT],
  ]);
  const own = mergeFlags(...input.engineOptions.map(parseFlags));
  const withoutLeakOnly = new Map([...own].filter(([key]) => !LEAK_ONLY.has(key)));
  const suppressions = suppressionFlags(input.suppressions);
  const variable = (name: string, ...flags: readonly Flags[]): string =>
    formatFlags(mergeFlags(...flags.slice(0, 1), parseFlags(input.env[name] ?? ''), ...flags.slice(1), required));

  const common = new Map(Object.entries(defaults));
  const env: Record<string, string> = {};
  if (engine === 'asan') {
    env.ASAN_OPTIONS = variable('ASAN_OPTIONS', mergeFlags(common, preloadFlags(input)), withoutLeakOnly);
    env.LSAN_OPTIONS = variable('LSAN_OPTIONS', new Map(), suppressions, own);
    // A build with -fsanitize=address,undefined: its errors go to the same file.
    env.UBSAN_OPTIONS = variable('UBSAN_OPTIONS', new Map([['print_stacktrace', '1']]));
  } else env.LSAN_OPTIONS = variable('LSAN_OPTIONS', common, suppressions, own);

  const preload = preloads(input, engine);
  if (preload.length > 0) env.LD_PRELOAD = [...preload, input.env.LD_PRELOAD ?? ''].filter((part) => part !== '').join(':');
  const onDemand = input.control !== undefined && hasCompanion(input);
  if (onDemand) env[CONTROL_VARIABLE] = input.control;
  if (input.facts.symbolizer !== undefined) {
    const symbolizer = engine === 'asan' ? 'ASAN_SYMBOLIZER_PATH' : 'LSAN_SYMBOLIZER_PATH';
    if (input.env[symbolizer] === undefined) env[symbolizer] = input.facts.symbolizer.path;
  }
  return {
    argv: [...fixedAddresses(input, engine), input.program, ...input.args],
    env,
    reportPrefix: `${REPORT_PREFIX}.`,
    onDemand,
    reportsOnTerm: false,
  };
}

/** LeakSanitizer reads one file only: the first of them that its options can name. */
function suppressionFlags(files: readonly string[]): Flags {
  const file = files.find(canBeFlag);
  return new Map(file === undefined ? [] : [['suppressions', file]]);
}

function hasCompanion(input: RunInput): boolean {
  return input.facts.companion !== undefined && canBePreloaded(input.facts.companion);
}

/** The runtime comes first, then the companion, which starts it; what the user preloads comes after them. */
function preloads(input: RunInput, engine: Wanted['engine']): readonly string[] {
  const runtime = engine === 'lsan-preload' ? [input.facts.lsanRuntime] : [];
  return [...runtime, hasCompanion(input) ? input.facts.companion : undefined].filter((path) => path !== undefined);
}

/** gcc's runtime refuses to start behind a preloaded library, unless it is told not to look. */
function preloadFlags(input: RunInput): Flags {
  return new Map(hasCompanion(input) || input.env.LD_PRELOAD ? [['verify_asan_link_order', '0']] : []);
}

/** Above 28 bits of randomisation, runtimes before LLVM 18 (gcc 14) find their shadow memory taken now and then. */
function fixedAddresses({ facts }: RunInput, engine: Wanted['engine']): readonly string[] {
  if (engine !== 'asan' || (facts.mmapRndBits ?? 0) <= 28 || facts.setarch !== true) return [];
  return facts.machine === undefined ? ['setarch', '-R'] : ['setarch', facts.machine, '-R'];
}

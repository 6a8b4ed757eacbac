import { clearKmemleak, type KmemleakStep, scanKmemleak } from '../app/kmemleak/commands.js';
import { readKmemleak, readReported } from '../app/kmemleak/read.js';
import { type KmemleakState, readKmemleakState } from '../app/kmemleak/state.js';
import { kmemleakStateWords } from '../app/kmemleak/state-words.js';
import type { OpenedReport } from '../app/open-report.js';
import type { Log, Target } from '../app/ports.js';
import { SourceLocator } from '../app/source-locator.js';
import type { KernelAccess } from '../app/system/kernel-access.js';
import type { Cancel } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { ok, type Result } from '../base/result.js';
import { visibleText } from '../base/visible-text.js';
import type { NamedTarget } from '../model/target-config.js';
import { CLEAN, FAILED, FOUND } from './exit-status.js';
import type { KmemleakLine } from './kmemleak-options.js';
import { LocalTarget } from './local-target.js';
import { nodeClock } from './node-clock.js';
import { writeReports } from './report-output.js';
import { complain, say, standardErrorLog } from './standard-error.js';
import { whileStoppable } from './stoppable.js';
import { lineSymbolizer } from './symbol-options.js';
import { readTargetOption } from './target-option.js';
import { writeOutput } from './text-output.js';

export interface KmemleakCommandParts {
  readonly version: string;
  readonly openTarget: (target: NamedTarget, log: Log) => Target & Disposable;
}

const STEPS: Readonly<Record<KmemleakStep, string>> = {
  clearing: 'greying out what is reported until now',
  'first-scan': 'the kernel scans its memory; this may take minutes on a large machine',
  waiting: 'waiting 5 s: what is younger is not reported',
  'second-scan': 'the kernel scans again: a block is reported at the second scan that finds nothing that points to it',
  reading: 'reading what it reports',
};

/** memlens kmemleak. The result is the exit status. */
export async function runKmemleakCommand(line: KmemleakLine, { version, openTarget }: KmemleakCommandParts): Promise<number> {
  const target = openTarget(readTargetOption(line.target), standardErrorLog(line.verbose));
  try {
    const done = await whileStoppable((stop) => run(line, { target, rootCommand: line.rootCommand }, stop, version));
    if (done.ok) return done.value;
    complain(done.error);
    return FAILED;
  } finally {
    target.dispose();
  }
}

async function run(line: KmemleakLine, access: KernelAccess, cancel: Cancel, version: string): Promise<Result<number, Fault>> {
  const work = { clock: nodeClock, cancel, onStep: (step: KmemleakStep) => say(`memlens: ${STEPS[step]}`) };
  switch (line.action) {
    case 'state': {
      const state = await readKmemleakState(access, cancel);
      return state.ok ? tellState(line, state.value, version) : state;
    }
    case 'clear': {
      const cleared = await clearKmemleak(access, work);
      if (!cleared.ok) return cleared;
      const words = `What kmemleak had reported on ${line.target} is greyed out; what is lost from now on is reported.\n`;
      return write(
        line,
        line.format === 'json' ? `${JSON.stringify({ tool: toolOf(version), cleared: true }, null, 2)}\n` : words,
      );
    }
    case 'scan': {
      const scanned = await scanKmemleak(access, { ...work, clearFirst: line.clearFirst });
      if (!scanned.ok) return scanned;
      return tellReport(line, await readReported(access, scanned.value, { ...work, ...readingOf(line) }), version);
    }
    case 'read':
      return tellReport(line, await readKmemleak(access, { ...work, ...readingOf(line) }), version);
  }
}

function readingOf({ pathMap, symbols, verbose }: KmemleakLine) {
  const locator = new SourceLocator(new LocalTarget(), {
    workspaceFolders: [process.cwd()],
    mappings: pathMap,
    // A kernel names its files relative to its tree.
    baseDirectories: [process.cwd(), ...(symbols.kernelTrees ?? [])],
  });
  if (symbols.which === 'off') return { locator };
  const { sysroot } = symbols;
  const origin = sysroot === undefined ? {} : { sysroot, fileOf: (module: string) => `${sysroot}/${module}` };
  return { locator, names: { symbols: lineSymbolizer(symbols, verbose), origin } };
}

async function tellReport(
  line: KmemleakLine,
  read: Result<OpenedReport, Fault>,
  version: string,
): Promise<Result<number, Fault>> {
  if (!read.ok) return read;
  const { report } = read.value;
  const written = await writeReports({ results: [read.value], several: false, failures: [] }, line, version);
  return written.ok ? ok(report.findings.length > 0 ? FOUND : CLEAN) : written;
}

const toolOf = (version: string): object => ({ name: 'memlens', version });

function tellState(line: KmemleakLine, state: KmemleakState, version: string): Promise<Result<number, Fault>> {
  if (line.format === 'json') {
    const { standing, file, kernel, offBy, scansItself, isScanning, log, said } = state;
    const words = kmemleakStateWords(state);
    const document = {
      tool: toolOf(version),
      target: line.target,
      standing,
      file,
      kernel: kernel ?? null,
      offBy: offBy ?? null,
      scansByItself: scansItself ?? null,
      scanning: isScanning ?? false,
      said: said ?? null,
      words,
      log,
    };
    return write(line, `${JSON.stringify(document, null, 2)}\n`);
  }
  const last = state.log.slice(line.verbose ? 0 : -3).map((text) => `  ${visibleText(text)}\n`);
  const logged = last.length === 0 ? '' : `The kernel’s log on kmemleak:\n${last.join('')}`;
  return write(line, `${kmemleakStateWords(state).map(visibleText).join('\n')}\n${logged}`);
}

async function write({ output }: KmemleakLine, text: string): Promise<Result<number, Fault>> {
  const written = await writeOutput(output, [text]);
  return written.ok ? ok(CLEAN) : written;
}

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { faultText } from '../app/fault-text.js';
import { type OpenedFile, openMemoryFile } from '../app/kernel-files/open-file.js';
import type { ReportNames } from '../app/open-report.js';
import { SourceLocator } from '../app/source-locator.js';
import type { Symbolizer } from '../app/symbols/symbolizer.js';
import { neverCancelled } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { ok, type Result } from '../base/result.js';
import type { ReportFailure } from '../export/json.js';
import { type PlaceOfCaller, slabJson, slabText, vmallocJson, vmallocText } from '../export/kernel-tables.js';
import { oomJson } from '../export/oom-json.js';
import { oomText } from '../export/oom-text.js';
import { withoutCalls } from '../insight/heap/expand-frames.js';
import type { VmallocCaller } from '../insight/system/table-files.js';
import type { CommandLine } from './command-line.js';
import { CLEAN, FAILED, FOUND } from './exit-status.js';
import { sayHeapNotes, usualHeapText } from './heap-command.js';
import { LocalTarget } from './local-target.js';
import { type SourcedReport, writeReports } from './report-output.js';
import { complain, say } from './standard-error.js';
import { lineSymbolizer, type SymbolLine } from './symbol-options.js';
import { fileOutput, standardOutput, widthOf, writeAll } from './text-output.js';
import { nodeUnpackers } from './unpack.js';
import { UsageError } from './usage.js';

type ParseLine = Extract<CommandLine, { verb: 'parse' }>;

/** A file that holds no findings: what is printed of it. */
interface Shown {
  readonly name: string;
  readonly kind: Exclude<OpenedFile['kind'], 'report'>;
  readonly text: Iterable<string>;
  /** Memory ran out. */
  readonly isBad: boolean;
}

const WORDS: Readonly<Record<Shown['kind'], string>> = {
  heap: 'a heap profile',
  vmallocinfo: 'vmallocinfo',
  slabinfo: 'slabinfo',
  oom: 'reports of the OOM killer',
};

/** memlens parse. The result is the exit status. Throws UsageError where the format is none of what a file holds. */
export async function runParse(line: ParseLine, version: string): Promise<number> {
  const target = new LocalTarget();
  // The user's own code is what lies below the directory in which the command was given.
  const locator = new SourceLocator(target, {
    workspaceFolders: [process.cwd()],
    mappings: line.options.pathMap,
    // A kernel names its files relative to its tree.
    baseDirectories: [process.cwd(), ...(line.options.symbols.kernelTrees ?? [])],
  });
  const { symbols: wanted, verbose } = line.options;
  const symbols = wanted.which === 'off' ? undefined : lineSymbolizer(wanted, verbose);
  const results: SourcedReport[] = [];
  const shown: Shown[] = [];
  const failures: ReportFailure[] = [];
  const unpackers = await nodeUnpackers();
  for (const source of line.reports) {
    const chunks = source === '-' ? process.stdin : createReadStream(source, { highWaterMark: 1 << 20 });
    const names = await namesFor(source, symbols, wanted);
    const name = source === '-' ? 'standard input' : source;
    const opened = await openMemoryFile(chunks as AsyncIterable<Buffer>, name, {
      unpackers,
      locator,
      ...(names === undefined ? {} : { names }),
    });
    if (!opened.ok) {
      complain(opened.error);
      failures.push({ source: name, code: opened.error.code, message: faultText(opened.error).message });
    } else if (opened.value.kind === 'report') results.push(opened.value.opened);
    else shown.push(await shownOf(opened.value, name, line, names, `memlens ${version}`));
  }
  const written = await write(line, { results, shown, failures }, version);
  if (!written.ok) {
    complain(written.error);
    return FAILED;
  }
  if (failures.length > 0) return FAILED;
  return shown.some(({ isBad }) => isBad) || results.some(({ report }) => report.findings.length > 0) ? FOUND : CLEAN;
}

interface Parsed {
  readonly results: readonly SourcedReport[];
  readonly shown: readonly Shown[];
  readonly failures: readonly ReportFailure[];
}

async function write(line: ParseLine, { results, shown, failures }: Parsed, version: string): Promise<Result<void, Fault>> {
  const { format, output } = line.options;
  const several = line.reports.length > 1;
  const [first] = shown;
  if (first === undefined) {
    return results.length > 0 || several ? writeReports({ results, several, failures }, line.options, version) : ok(undefined);
  }
  if (format === 'sarif')
    throw new UsageError(`SARIF is for findings, and ${first.name} holds ${WORDS[first.kind]}: take text or json`);
  if (format === 'json' && several)
    throw new UsageError(
      `several files in one JSON are for findings, and ${first.name} holds ${WORDS[first.kind]}: parse it by itself`,
    );
  if (results.length > 0) {
    // Only standard output can be written to twice.
    if (output !== undefined)
      throw new UsageError(`--output takes findings or ${WORDS[first.kind]}, not both: parse ${first.name} by itself`);
    const written = await writeReports({ results, several, failures }, line.options, version);
    if (!written.ok) return written;
  }
  const opened = output === undefined ? ok(standardOutput()) : await fileOutput(resolve(output));
  if (!opened.ok) return opened;
  for (const [at, { name, text }] of shown.entries()) {
    if (several) opened.value.write(`${at > 0 || results.length > 0 ? '\n' : ''}${name}\n`);
    await writeAll(opened.value, text);
  }
  return opened.value.close();
}

async function shownOf(
  opened: Exclude<OpenedFile, { kind: 'report' }>,
  name: string,
  line: ParseLine,
  names: ReportNames | undefined,
  tool: string,
): Promise<Shown> {
  const { verbose, output } = line.options;
  const format = line.options.format === 'json' ? 'json' : 'text';
  const where = line.reports.length > 1 ? `${name}: ` : '';
  if (opened.kind === 'heap') {
    const named = await names?.symbols.symbolizeProfile(opened.profile, names.origin, neverCancelled);
    const profile = named?.profile ?? withoutCalls(opened.profile);
    sayHeapNotes(profile, where);
    for (const { severity, text } of named?.notes ?? []) if (severity !== 'info' || verbose) say(`memlens: ${where}${text}`);
    const options = { format, verbose, ...(output === undefined ? {} : { output }) } as const;
    return { name, kind: opened.kind, isBad: false, text: usualHeapText(profile, name, options, tool) };
  }
  if (opened.cut !== undefined) say(`memlens: ${where}not read to its end: ${faultText(opened.cut).message}`);
  const width = widthOf(output);
  const room = width === undefined ? {} : { width };
  if (opened.kind === 'oom') {
    const { report, kind } = opened;
    const text =
      format === 'json'
        ? oomJson(report, undefined, { tool, source: name })
        : oomText(report, undefined, { name, verbose, ...room });
    return { name, kind, isBad: true, text };
  }
  const { unread, firstUnread, others } = opened;
  const options = {
    name,
    verbose,
    unread,
    ...(firstUnread === undefined ? {} : { firstUnread }),
    ...(others === undefined ? {} : { others }),
    ...room,
  };
  if (opened.kind === 'slabinfo') {
    const text = format === 'json' ? [slabJson(opened.table, options)] : slabText(opened.table, options);
    return { name, kind: opened.kind, isBad: false, text };
  }
  const placeOf = await placesOf(opened.table.callers, names, where);
  const text = format === 'json' ? [vmallocJson(opened.table, placeOf, options)] : vmallocText(opened.table, placeOf, options);
  return { name, kind: opened.kind, isBad: false, text };
}

/** The lines of the callers, from the kernel's files that are here. */
async function placesOf(
  callers: readonly VmallocCaller[],
  names: ReportNames | undefined,
  where: string,
): Promise<PlaceOfCaller> {
  const found = await names?.symbols.placesOfCallers(callers, neverCancelled);
  for (const { text } of found?.notes ?? []) say(`memlens: ${where}${text}`);
  return (caller) => found?.places.get(caller);
}

/** A module that was changed after the report was written is another one; so is that of this machine where a sysroot is named. */
async function namesFor(
  file: string,
  symbols: Symbolizer | undefined,
  { which, sysroot }: SymbolLine,
): Promise<ReportNames | undefined> {
  if (symbols === undefined) return undefined;
  const facts = file === '-' || which === 'any' ? undefined : await stat(file).catch(() => undefined);
  return {
    symbols,
    origin: {
      ...(which === 'sure' ? { isForeign: true } : {}),
      ...(facts?.isFile() === true ? { takenMs: facts.mtimeMs } : {}),
      ...(sysroot === undefined ? {} : { sysroot, fileOf: (module: string) => join(sysroot, module) }),
    },
  };
}

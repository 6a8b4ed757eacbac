import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { faultText } from '../app/fault-text.js';
import { openReport, type ReportNames } from '../app/open-report.js';
import { SourceLocator } from '../app/source-locator.js';
import type { Symbolizer } from '../app/symbols/symbolizer.js';
import type { ReportFailure } from '../export/json.js';
import type { CommandLine } from './command-line.js';
import { CLEAN, FAILED, FOUND } from './exit-status.js';
import { LocalTarget } from './local-target.js';
import { type SourcedReport, writeReports } from './report-output.js';
import { complain } from './standard-error.js';
import { lineSymbolizer, type SymbolLine } from './symbol-options.js';

/** memlens parse. The result is the exit status. */
export async function runParse(line: Extract<CommandLine, { verb: 'parse' }>, version: string): Promise<number> {
  const target = new LocalTarget();
  // The user's own code is what lies below the directory in which the command was given.
  const locator = new SourceLocator(target, {
    workspaceFolders: [process.cwd()],
    mappings: line.options.pathMap,
    baseDirectories: [process.cwd()],
  });
  const { symbols: wanted, verbose } = line.options;
  const symbols = wanted.which === 'off' ? undefined : lineSymbolizer(wanted, verbose);
  const results: SourcedReport[] = [];
  const failures: ReportFailure[] = [];
  for (const name of line.reports) {
    const text = name === '-' ? textOf(process.stdin) : textOf(createReadStream(name, { highWaterMark: 1 << 20 }));
    const names = await namesFor(name, symbols, wanted);
    const opened = await openReport({ name: name === '-' ? 'standard input' : name, text }, locator, undefined, names);
    if (opened.ok) results.push(opened.value);
    else {
      complain(opened.error);
      failures.push({ source: name, code: opened.error.code, message: faultText(opened.error).message });
    }
  }
  const several = line.reports.length > 1;
  if (results.length > 0 || several) {
    const written = await writeReports({ results, several, failures }, line.options, version);
    if (!written.ok) {
      complain(written.error);
      return FAILED;
    }
  }
  if (failures.length > 0) return FAILED;
  return results.some(({ report }) => report.findings.length > 0) ? FOUND : CLEAN;
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
      ...(facts?.isFile() === true ? { takenMs: facts.mtimeMs } : {}),
      ...(sysroot === undefined ? {} : { sysroot, fileOf: (module: string) => join(sysroot, module) }),
    },
  };
}

/** What the user names may be a pipe: `memlens parse <(zcat report.gz)`. */
async function* textOf(stream: Readable): AsyncIterable<string> {
  stream.setEncoding('utf8');
  for await (const chunk of stream) yield chunk as string;
}

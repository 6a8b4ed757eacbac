import { resolve } from 'node:path';
import { type Cancel, neverCancelled } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { ok, type Result } from '../base/result.js';
import { type ReportFailure, toJson } from '../export/json.js';
import { toSarif } from '../export/sarif.js';
import { toText } from '../export/text.js';
import type { Report } from '../model/report.js';
import type { Options } from './command-line.js';
import { fileOutput } from './text-output.js';

export interface SourcedReport {
  /** As the user named it; null: it was made just now. */
  readonly source: string | null;
  readonly report: Report;
}

type OutputOptions = Pick<Options, 'format' | 'output' | 'verbose'>;

export interface ReportBatch {
  readonly results: readonly SourcedReport[];
  /** Several were asked for, whether they could be read or not. */
  readonly several: boolean;
  readonly failures: readonly ReportFailure[];
}

/** Writes reports to standard output, or to the file of --output, in the format of the command line. `cancel` ends the waiting for who reads it. */
export async function writeReports(
  batch: ReportBatch,
  options: OutputOptions,
  version: string,
  cancel?: Cancel,
): Promise<Result<void, Fault>> {
  const text = textOf(batch, options, version);
  if (options.output !== undefined) return writeTo(resolve(options.output), text, cancel);
  await new Promise<void>((done) => process.stdout.write(text, () => done()));
  return ok(undefined);
}

async function writeTo(path: string, text: string, cancel: Cancel = neverCancelled): Promise<Result<void, Fault>> {
  const opened = await fileOutput(path, { cancel });
  if (!opened.ok) return opened;
  opened.value.write(text);
  return opened.value.close();
}

function textOf({ results, several, failures }: ReportBatch, options: OutputOptions, version: string): string {
  switch (options.format) {
    case 'json':
      return `${JSON.stringify(toJson(results, { version }, { batch: several, failures }), null, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(toSarif(results, { version }, { root: process.cwd() }), null, 2)}\n`;
    case 'text': {
      const isTerminal = options.output === undefined && process.stdout.isTTY;
      const colour = isTerminal && process.env.NO_COLOR === undefined && process.env.TERM !== 'dumb';
      const { verbose } = options;
      return results
        .map(({ source, report }) => `${several ? `${source ?? ''}\n` : ''}${toText(report, { colour, verbose })}`)
        .join('\n');
    }
  }
}

import { stat } from 'node:fs/promises';
import { faultText } from '../app/fault-text.js';
import { readKernelLog } from '../app/oom/kernel-log.js';
import { readNextVictims } from '../app/oom/next-victim.js';
import { type OomLog, oomLogOf, openOomLog } from '../app/oom/open-oom.js';
import type { Target } from '../app/ports.js';
import type { RootAccess } from '../app/system/root-script.js';
import type { Cancel } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { formatCount } from '../base/units.js';
import { nextVictimsJson, nextVictimsText } from '../export/next-victims.js';
import { oomJson } from '../export/oom-json.js';
import { oomText } from '../export/oom-text.js';
import type { NamedTarget } from '../model/target-config.js';
import { CLEAN, FAILED, FOUND } from './exit-status.js';
import { localChunks } from './local-chunks.js';
import type { OomLine } from './oom-options.js';
import { complain, say } from './standard-error.js';
import { whileStoppable } from './stoppable.js';
import { readTargetOption } from './target-option.js';
import { widthOf, writeOutput } from './text-output.js';
import { nodeUnpackers } from './unpack.js';
import { UsageError } from './usage.js';

export interface OomCommandParts {
  readonly version: string;
  readonly openTarget: (target: NamedTarget) => Target & Disposable;
}

/** memlens oom. The result is the exit status: 1 when memory ran out in the log. Throws UsageError where the log has no such event. */
export async function runOomCommand(line: OomLine, parts: OomCommandParts): Promise<number> {
  const done = await (line.what === 'next' ? showNext(line, parts) : showLog(line, parts));
  if (done.ok) return done.value;
  complain(done.error);
  return FAILED;
}

async function showLog(line: Exclude<OomLine, { what: 'next' }>, parts: OomCommandParts): Promise<Result<number, Fault>> {
  const name = line.what === 'kernel-log' ? `the kernel log of ${line.target}` : line.file === '-' ? 'standard input' : line.file;
  const read = line.what === 'file' ? await readFile(line.file, name) : await readLog(line, parts);
  if (!read.ok) return read;
  const { report, cut, bootMs } = read.value;
  const { events } = report;
  const { event, verbose } = line;
  if (event !== undefined && event > events.length) {
    throw new UsageError(
      events.length === 0
        ? `${name} has no event: the kernel killed nobody for lack of memory there`
        : `${name} has ${formatCount(events.length, 'event')}, and no event ${event}`,
    );
  }
  const only = event === undefined ? undefined : event - 1;
  const boot = bootMs === undefined ? {} : { bootMs };
  const width = widthOf(line.output);
  const text =
    line.format === 'json'
      ? oomJson(report, only, { tool: `memlens ${parts.version}`, source: name, ...boot })
      : oomText(report, only, { name, verbose, ...boot, ...(width === undefined ? {} : { width }) });
  const written = await writeOutput(line.output, text);
  if (!written.ok) return written;
  if (cut !== undefined) say(`memlens: ${name} was not read to its end: ${faultText(cut).message}`);
  return ok(events.length > 0 ? FOUND : cut === undefined ? CLEAN : FAILED);
}

async function readFile(file: string, name: string): Promise<Result<OomLog, Fault>> {
  const facts = file === '-' ? undefined : await stat(file).catch(() => undefined);
  if (facts?.isDirectory() === true) return err({ code: 'unreadable', path: file, detail: `${file} is a directory` });
  const chunks = file === '-' ? (process.stdin as AsyncIterable<Buffer>) : localChunks(file);
  return openOomLog(chunks, name, await nodeUnpackers());
}

async function readLog(line: Extract<OomLine, { what: 'kernel-log' }>, parts: OomCommandParts): Promise<Result<OomLog, Fault>> {
  const read = await onTarget(line, parts, readKernelLog);
  if (!read.ok) return read;
  const { text, bootMs } = read.value;
  return ok({ ...oomLogOf(text), ...(bootMs === undefined ? {} : { bootMs }) });
}

async function showNext(line: Extract<OomLine, { what: 'next' }>, parts: OomCommandParts): Promise<Result<number, Fault>> {
  const read = await onTarget(line, parts, readNextVictims);
  if (!read.ok) return read;
  const width = widthOf(line.output);
  const text =
    line.format === 'json'
      ? nextVictimsJson(read.value, { tool: `memlens ${parts.version}`, target: line.target })
      : nextVictimsText(read.value, { target: line.target, verbose: line.verbose, ...(width === undefined ? {} : { width }) });
  const written = await writeOutput(line.output, text);
  return written.ok ? ok(CLEAN) : written;
}

/** A reading is given up in order: what runs on the target ends, too. Before and after it a signal ends all at once. */
async function onTarget<Value>(
  { target: name, rootCommand }: { readonly target: string; readonly rootCommand: readonly string[] },
  { openTarget }: OomCommandParts,
  read: (access: RootAccess, cancel: Cancel) => Promise<Result<Value, Fault>>,
): Promise<Result<Value, Fault>> {
  const target = openTarget(readTargetOption(name));
  try {
    if (target.platform !== 'linux') return err({ code: 'unsupported-platform', platform: target.platform, target: target.id });
    return await whileStoppable((stop) => read({ target, rootCommand }, stop));
  } finally {
    target.dispose();
  }
}

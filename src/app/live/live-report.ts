import { directoryName } from '../../base/path.js';
import { assembleReport } from '../../findings/assemble.js';
import type { LiveOutcome } from '../../model/live.js';
import type { Report } from '../../model/report.js';
import type { PathMapping } from '../../model/run-config.js';
import type { Target } from '../ports.js';
import { SourceLocator } from '../source-locator.js';
import type { LiveWay } from './live-way.js';

export interface LiveReportOptions {
  readonly workspaceFolders: readonly string[];
  readonly sourcePathMap: readonly PathMapping[];
}

/** What was found, placed in the sources of this machine. */
export async function liveReport(
  host: Target,
  way: LiveWay,
  { process, findings, notes, overMs, ended }: LiveOutcome,
  { workspaceFolders, sourcePathMap }: LiveReportOptions,
): Promise<Report> {
  const program = process.executable ?? process.command;
  const locator = new SourceLocator(host, {
    workspaceFolders,
    mappings: sourcePathMap,
    baseDirectories: [...(process.executable === undefined ? [] : [directoryName(process.executable)]), ...workspaceFolders],
  });
  const locate = await locator.prepare(findings);
  return assembleReport({ findings, notes: [...notes, ...locator.notes(findings)], partial: ended === 'too-slow' }, locate, {
    title: `${process.command} (${process.pid})`,
    program,
    args: [],
    engine: way.id,
    durationMs: Math.round(overMs),
    ...(ended === 'user' ? { stopped: 'user' as const } : {}),
  });
}

import { directoryName } from '../../base/path.js';
import { assembleReport } from '../../findings/assemble.js';
import { judgedReport } from '../../findings/standing.js';
import type { LiveOutcome } from '../../model/live.js';
import type { MapSnapshot } from '../../model/map-snapshot.js';
import type { Report } from '../../model/report.js';
import type { PathMapping } from '../../model/run-config.js';
import type { Target } from '../ports.js';
import { SourceLocator } from '../source-locator.js';
import { mappedParts } from './finding-regions.js';
import type { LiveWay } from './live-way.js';

export interface LiveReportOptions {
  readonly workspaceFolders: readonly string[];
  readonly sourcePathMap: readonly PathMapping[];
}

/** What was found, placed in the sources of this machine. `map`: of the process right after the look, where that was asked for. */
export async function liveReport(
  host: Target,
  way: LiveWay,
  outcome: LiveOutcome,
  map: MapSnapshot | undefined,
  { workspaceFolders, sourcePathMap }: LiveReportOptions,
): Promise<Report> {
  const { process, findings, notes, overMs, ended } = outcome;
  const program = process.executable ?? process.command;
  const locator = new SourceLocator(host, {
    workspaceFolders,
    mappings: sourcePathMap,
    baseDirectories: [...(process.executable === undefined ? [] : [directoryName(process.executable)]), ...workspaceFolders],
  });
  const locate = await locator.prepare(findings);
  const report = assembleReport(
    { findings, notes: [...notes, ...locator.notes(findings)], partial: ended === 'too-slow' },
    locate,
    {
      title: `${process.command} (${process.pid})`,
      program,
      args: [],
      engine: way.id,
      durationMs: Math.round(overMs),
      ...(ended === 'user' ? { stopped: 'user' as const } : {}),
    },
  );
  const placed = report.findings.map((finding) => {
    const mapped = map === undefined ? undefined : mappedParts(finding, outcome, map);
    return mapped === undefined ? finding : { ...finding, mapped };
  });
  return judgedReport({ ...report, findings: placed }, {});
}

import type { Cancel } from '../base/cancel.js';
import { directoryName } from '../base/path.js';
import type { RunPlan, Subject, TargetFacts } from '../engines/engine.js';
import { assembleReport } from '../findings/assemble.js';
import { FoldingSink } from '../findings/fold.js';
import type { Finding, Note } from '../model/finding.js';
import type { Report } from '../model/report.js';
import type { RunConfig } from '../model/run-config.js';
import { languageOf } from './build-source.js';
import type { ReportFiles } from './kept-reports.js';
import type { Progress, Target } from './ports.js';
import type { Prepared } from './prepare-run.js';
import { runNotes, shortStackNotes } from './run-notes.js';
import type { ProgramRun } from './run-program.js';
import { readRunReports, valgrindTrouble } from './run-reports.js';
import type { RunSite } from './run-site.js';
import { SourceLocator } from './source-locator.js';
import { symbolize } from './symbolize.js';

/** A run that is over. */
export interface FinishedRun {
  readonly config: RunConfig;
  readonly prepared: Prepared;
  readonly site: RunSite;
  readonly plan: RunPlan;
  readonly run: ProgramRun;
  /** Where its reports are read now. */
  readonly reports: ReportFiles;
  readonly reportDir: string;
  /** What was said before it began. */
  readonly notes: readonly Note[];
}

export interface RunReportOptions {
  readonly progress: Progress;
  readonly cancel: Cancel;
}

/** Reads what a run has left, and places what was found in the sources of this machine; `hostFacts` are those of this machine. */
export async function runReport(
  host: Target,
  hostFacts: TargetFacts,
  finished: FinishedRun,
  { progress, cancel }: RunReportOptions,
): Promise<Report> {
  const { config, prepared, site, plan, run } = finished;
  const { engine } = prepared;
  progress.phase('reading', engine.title);
  const sink = new FoldingSink();
  const read = await readRunReports(finished.reports, finished.reportDir, plan.reportPrefix, engine, sink);

  progress.phase('placing');
  const symbolized = await symbolize(host, hostFacts, sink.findings, cancel, (module) => site.hostFile(module));
  const here = prepared.program.path;
  const findings = site.remote === undefined ? symbolized : withHostModule(symbolized, site.program.path, here);
  const source = config.subject.form === 'source' ? config.subject.file : undefined;
  const locator = new SourceLocator(host, {
    workspaceFolders: source === undefined ? config.workspaceFolders : [...config.workspaceFolders, directoryName(source)],
    mappings: [...config.sourcePathMap, ...(prepared.copies === undefined ? [] : [prepared.copies])],
    baseDirectories: [config.cwd, directoryName(source ?? here), ...config.workspaceFolders],
  });
  const locate = await locator.prepare(findings);
  return assembleReport(
    {
      findings,
      notes: [
        ...runNotes(run, engine, read.files),
        ...finished.notes,
        ...read.notes,
        ...(engine.id === 'memcheck' && read.files === 0 ? await valgrindTrouble(site.target, plan.argv[0] as string) : []),
        ...warnings(config, prepared, site),
        // The signal that we sent to stop it is no news.
        ...sink.notes.filter(
          ({ code, text }) => !(run.stopped !== undefined && code === 'fatal-signal' && text.includes('SIGTERM')),
        ),
        ...shortStackNotes(engine, findings),
        ...locator.notes(findings),
        ...site.notes,
      ],
      partial: read.partial || run.lost !== undefined,
    },
    locate,
    {
      title: config.name,
      program: source ?? here,
      args: config.args,
      engine: engine.id,
      ...(prepared.reason === '' ? {} : { engineReason: prepared.reason }),
      exit: run.exit,
      ...(run.stopped === undefined ? {} : { stopped: run.stopped }),
      durationMs: Math.round(run.durationMs),
    },
  );
}

/** What stood in the engine's way, but did not keep it from running. */
function warnings({ subject }: RunConfig, { engine }: Prepared, { facts, program }: RunSite): readonly Note[] {
  const ran: Subject =
    subject.form === 'source' ? { form: 'source', language: languageOf(subject.file) ?? 'c' } : { form: 'program', program };
  return engine
    .obstacles(facts, ran)
    .filter(({ blocking }) => !blocking)
    .map(({ code, reason, remedy }): Note => ({ severity: 'warning', code, text: `${reason} ${remedy}`.trim() }));
}

/** The user knows a copy by the name of the file that was copied. */
function withHostModule(findings: readonly Finding[], there: string, here: string): readonly Finding[] {
  if (there === here) return findings;
  return findings.map((finding) => ({
    ...finding,
    stacks: finding.stacks.map((stack) => ({
      ...stack,
      frames: stack.frames.map((frame) => (frame.module === there ? { ...frame, module: here } : frame)),
    })),
  }));
}

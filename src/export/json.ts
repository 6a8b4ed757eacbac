import { headline, severityOf } from '../findings/wording.js';
import type { LeakSummary, SizeAndCount } from '../model/finding.js';
import type { PlacedFinding, Report, RunRecord } from '../model/report.js';
import type { Frame, Stack } from '../model/stack.js';

/** One report to export, and the file it was read from; null for a run, and for standard input. */
export interface ReportSource {
  readonly source: string | null;
  readonly report: Report;
}

export interface ToolVersion {
  readonly version: string;
}

/** Goes up when a reader of the old schema would be misled. */
const JSON_SCHEMA_VERSION = 1;

/** The engine of a report: of its run, else of its first finding; null for an empty report from a file. */
export function engineOf(report: Report): string | null {
  return report.run?.engine ?? report.findings[0]?.engine ?? null;
}

function frameJson(frame: Frame, sources: PlacedFinding['sources']): object {
  const file = frame.file;
  return {
    function: frame.function ?? null,
    file: file === undefined ? null : ((Object.hasOwn(sources, file) ? sources[file] : undefined) ?? file),
    line: frame.line ?? null,
    column: frame.column ?? null,
    module: frame.module ?? null,
    inlined: frame.inlined ?? null,
  };
}

function stackJson(stack: Stack, sources: PlacedFinding['sources']): object {
  return {
    role: stack.role,
    label: stack.label ?? null,
    frames: stack.frames.map((frame) => frameJson(frame, sources)),
  };
}

function findingJson(finding: PlacedFinding): object {
  return {
    engine: finding.engine,
    kind: finding.kind,
    leakKind: finding.leakKind ?? null,
    certainty: finding.certainty,
    severity: severityOf(finding),
    message: finding.message,
    headline: headline(finding),
    bytes: finding.bytes ?? null,
    blocks: finding.blocks ?? null,
    access: finding.access ?? null,
    size: finding.size ?? null,
    address: finding.address ?? null,
    count: finding.count,
    pid: finding.pid ?? null,
    fingerprint: finding.fingerprint,
    details: finding.details ?? [],
    place: finding.place === null ? null : { ...finding.place },
    ...(finding.voices === undefined
      ? {}
      : {
          voices: finding.voices.map(({ engine, of, text, bytes }) => ({ engine, of: of ?? 'line', text, bytes: bytes ?? null })),
        }),
    ...(finding.standing === undefined
      ? {}
      : { standing: { state: finding.standing.state, evidence: finding.standing.evidence } }),
    stacks: finding.stacks.map((stack) => stackJson(stack, finding.sources)),
  };
}

const row = ({ bytes, blocks }: SizeAndCount): object => ({ bytes, blocks });

function summaryJson(summary: LeakSummary): object {
  return {
    definitely: row(summary.definitely),
    indirectly: row(summary.indirectly),
    possibly: row(summary.possibly),
    reachable: row(summary.reachable),
    suppressed: row(summary.suppressed),
  };
}

function runJson(run: RunRecord): object {
  return {
    title: run.title,
    program: run.program,
    args: run.args,
    engine: run.engine,
    engineReason: run.engineReason ?? null,
    exitCode: run.exit?.exitCode ?? null,
    signal: run.exit?.signal ?? null,
    stopped: run.stopped ?? null,
    durationMs: run.durationMs,
  };
}

function reportJson({ source, report }: ReportSource): object {
  return {
    source,
    engine: engineOf(report),
    findings: report.findings.map(findingJson),
    summary: summaryJson(report.summary),
    errors: report.errors,
    partial: report.partial,
    notes: report.notes.map(({ severity, code, text }) => ({ severity, code, text })),
    run: report.run === undefined ? null : runJson(report.run),
  };
}

/** A report that could not be read. */
export interface ReportFailure {
  readonly source: string;
  /** The code of the fault: `not-found`, `unrecognised-report`... */
  readonly code: string;
  readonly message: string;
}

export interface JsonOptions {
  /** Several reports were asked for: they stand in a list even when only one could be read. */
  readonly batch?: boolean;
  /** Only in a batch; a single report that can't be read makes no document. */
  readonly failures?: readonly ReportFailure[];
}

/**
 * The document that docs/report-schema.json describes: of one report its fields at the top level, of any other number of
 * reports, and of a batch, a list `reports`. A field that the engine did not tell is null.
 */
export function toJson(results: readonly ReportSource[], tool: ToolVersion, options: JsonOptions = {}): unknown {
  const head = { schemaVersion: JSON_SCHEMA_VERSION, tool: { name: 'memlens', version: tool.version } };
  const [only] = results;
  return only !== undefined && results.length === 1 && options.batch !== true
    ? { ...head, ...reportJson(only) }
    : { ...head, reports: results.map(reportJson), failures: options.failures ?? [] };
}

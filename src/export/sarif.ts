import { kindText } from '../findings/kinds.js';
import { isRuntimeFrame } from '../findings/runtime-frame.js';
import { docPageOf, explainKind, headline, kindTitle, roleTitle, severityOf } from '../findings/wording.js';
import type { Note } from '../model/finding.js';
import type { PlacedFinding, Report, RunRecord } from '../model/report.js';
import type { Frame, Stack, StackRole } from '../model/stack.js';
import { engineOf, type ReportSource, type ToolVersion } from './json.js';
import { fileUri, folderUri, uriBelow } from './uri.js';

export interface SarifOptions {
  /** Absolute path of the source tree: files below it are relative to `SRCROOT`, as code-scanning hosts want them. */
  readonly root?: string;
  /** Where docs/kinds is published, ending in `/`. */
  readonly docsUri?: string;
}

/** Code-scanning hosts show no more results of one run. */
const MAX_RESULTS = 5000;
/** Steps of one flow; a host refuses files with too many of them. */
const MAX_STEPS = 500;

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const LEVELS = { error: 'error', warning: 'warning', information: 'note' } as const;
const NOTE_LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

/** `](` would begin a link in a message (SARIF 2.1.0, 3.11.6): `operator new[](unsigned long)` is none. */
const plain = (text: string): string => text.replaceAll('](', '] (');
const message = (text: string): { readonly text: string } => ({ text: plain(text) });

function ruleId(finding: PlacedFinding): string {
  return finding.kind === 'leak'
    ? `leak/${finding.leakKind ?? finding.certainty}`
    : finding.kind === ''
      ? 'memory-error'
      : finding.kind;
}

/** Higher is worse, 0 to 10: code-scanning hosts sort by it. */
function securitySeverity(finding: PlacedFinding): string {
  if (finding.kind === 'leak') return severityOf(finding) === 'error' ? '4.0' : '1.0';
  if (severityOf(finding) !== 'error') return '4.0';
  return finding.access === 'write' || /free|overflow|Write/.test(finding.kind) ? '8.0' : '6.0';
}

class SarifRun {
  private readonly rules = new Map<string, { readonly index: number; readonly rule: object }>();

  constructor(private readonly options: SarifOptions) {}

  get ruleList(): readonly object[] {
    return [...this.rules.values()].map(({ rule }) => rule);
  }

  result(finding: PlacedFinding): object {
    const id = ruleId(finding);
    const related = this.related(finding);
    const flow = this.codeFlow(finding);
    return {
      ruleId: id,
      ruleIndex: this.ruleIndex(id, finding),
      level: LEVELS[severityOf(finding)],
      kind: 'fail',
      message: message(headline(finding)),
      locations: this.placeLocation(finding),
      ...(related.length === 0 ? {} : { relatedLocations: related }),
      ...(finding.stacks.length === 0 ? {} : { stacks: this.stacks(finding) }),
      ...(flow === undefined ? {} : { codeFlows: [flow] }),
      partialFingerprints: { 'memlensStacks/v1': finding.fingerprint },
      occurrenceCount: Math.max(1, finding.count),
      properties: {
        engine: finding.engine,
        certainty: finding.certainty,
        engineMessage: finding.message,
        ...(finding.leakKind === undefined ? {} : { leakKind: finding.leakKind }),
        ...(finding.bytes === undefined ? {} : { bytes: finding.bytes }),
        ...(finding.blocks === undefined ? {} : { blocks: finding.blocks }),
        ...(finding.access === undefined ? {} : { access: finding.access }),
        ...(finding.size === undefined ? {} : { size: finding.size }),
        ...(finding.address === undefined ? {} : { address: finding.address }),
        ...(finding.pid === undefined ? {} : { pid: finding.pid }),
        ...(finding.details === undefined ? {} : { details: finding.details }),
        ...(finding.voices === undefined ? {} : { voices: finding.voices.map(({ engine, text }) => ({ engine, text })) }),
        ...(finding.standing === undefined ? {} : { standing: finding.standing }),
      },
    };
  }

  private ruleIndex(id: string, finding: PlacedFinding): number {
    const known = this.rules.get(id);
    if (known !== undefined) return known.index;
    const index = this.rules.size;
    const title = plain(kindTitle(finding));
    const uri = this.options.docsUri === undefined ? undefined : `${this.options.docsUri}${docPageOf(finding)}`;
    const rule = {
      id,
      name: title.replace(/[^A-Za-z0-9]+(\w?)/g, (_all, c: string) => c.toUpperCase()) || 'MemoryError',
      shortDescription: { text: title },
      fullDescription: { text: explainKind(finding) },
      help: {
        text: explainKind(finding),
        markdown: uri === undefined ? explainKind(finding) : `${explainKind(finding)} [What it is and how to fix it](${uri})`,
      },
      ...(uri === undefined ? {} : { helpUri: uri }),
      defaultConfiguration: { level: LEVELS[severityOf(finding)] },
      properties: {
        tags: ['memory', kindText(finding).page.replace(/\.md$/, '')],
        precision: finding.certainty === 'definite' ? 'very-high' : 'medium',
        'problem.severity': severityOf(finding) === 'information' ? 'recommendation' : severityOf(finding),
        'security-severity': securitySeverity(finding),
      },
    };
    this.rules.set(id, { index, rule });
    return index;
  }

  private artifact(path: string): object {
    const below = this.options.root === undefined ? undefined : uriBelow(this.options.root, path);
    return below === undefined ? { uri: fileUri(path) } : { uri: below, uriBaseId: 'SRCROOT' };
  }

  private physical(path: string, line: number | null | undefined, column: number | null | undefined): object {
    const hasLine = line !== null && line !== undefined && line > 0;
    const hasColumn = column !== null && column !== undefined && column > 0;
    return {
      artifactLocation: this.artifact(path),
      ...(hasLine ? { region: { startLine: line, ...(hasColumn ? { startColumn: column } : {}) } } : {}),
    };
  }

  private placeLocation(finding: PlacedFinding): readonly object[] {
    const { place } = finding;
    if (place === null) return [];
    const name = place.function;
    const logical = name === null || name === '' ? {} : { logicalLocations: [{ fullyQualifiedName: name, kind: 'function' }] };
    const physical = place.file === null ? {} : { physicalLocation: this.physical(place.file, place.line, place.column) };
    return [{ ...physical, ...logical }];
  }

  private frameLocation(frame: Frame, finding: PlacedFinding, text?: string): object {
    const file = frame.file === undefined ? undefined : sourceOf(finding, frame.file);
    const name = frame.function;
    return {
      ...(file === undefined ? {} : { physicalLocation: this.physical(file, frame.line, frame.column) }),
      ...(name === undefined || name === '' ? {} : { logicalLocations: [{ fullyQualifiedName: name, kind: 'function' }] }),
      ...(text === undefined ? {} : { message: message(text) }),
    };
  }

  /** SARIF has a set of stacks: of equal ones, the first. */
  private stacks(finding: PlacedFinding): readonly object[] {
    const distinct = new Map<string, object>();
    for (const stack of finding.stacks) {
      const converted = this.stack(stack, finding);
      const key = JSON.stringify(converted);
      if (!distinct.has(key)) distinct.set(key, converted);
    }
    return [...distinct.values()];
  }

  private stack(stack: Stack, finding: PlacedFinding): object {
    return {
      message: message(stack.label ?? roleTitle(stack.role)),
      frames: stack.frames.map((frame) => ({
        location: this.frameLocation(frame, finding),
        ...(frame.module === undefined ? {} : { module: frame.module }),
      })),
    };
  }

  /** Every further frame of the user's: of the place's own stack its callers, of the others all. */
  private related(finding: PlacedFinding): readonly object[] {
    const locations: object[] = [];
    for (const [index, stack] of finding.stacks.entries()) {
      for (const [number, frame] of ownFrames(stack)) {
        const isPlace = finding.placeFrame?.stack === index && finding.placeFrame.frame === number;
        if (isPlace || locations.length >= MAX_STEPS) continue;
        locations.push({ id: locations.length + 1, ...this.frameLocation(frame, finding, stepText(stack, number, frame)) });
      }
    }
    return locations;
  }

  /** In the order of time: the block's allocation, its free, then the access; each from the outermost call inwards. */
  private codeFlow(finding: PlacedFinding): object | undefined {
    const steps: object[] = [];
    const order = [...finding.stacks].sort((a, b) => ORDER[a.role] - ORDER[b.role]);
    for (const stack of order) {
      const frames = ownFrames(stack);
      for (const [number, frame] of frames.toReversed()) {
        const isInnermost = number === frames[0]?.[0];
        steps.push({
          location: this.frameLocation(frame, finding, stepText(stack, number, frame)),
          nestingLevel: stack.frames.length - 1 - number,
          importance: isInnermost ? 'essential' : 'important',
        });
      }
    }
    if (steps.length === 0) return undefined;
    return { threadFlows: [{ locations: steps.slice(-MAX_STEPS) }] };
  }
}

const ORDER: Readonly<Record<StackRole, number>> = { thread: 0, origin: 1, allocation: 2, free: 3, other: 4, access: 5 };

function sourceOf(finding: PlacedFinding, file: string): string {
  return (Object.hasOwn(finding.sources, file) ? finding.sources[file] : undefined) ?? file;
}

/** Frames with a line that are no runtime's: only these can be shown in a source file. */
function ownFrames(stack: Stack): readonly (readonly [number, Frame])[] {
  return [...stack.frames.entries()].filter(
    ([, frame]) => frame.file !== undefined && (frame.line ?? 0) > 0 && !isRuntimeFrame(frame),
  );
}

function stepText(stack: Stack, number: number, frame: Frame): string {
  const isFirst = ownFrames(stack)[0]?.[0] === number;
  const what = isFirst ? (stack.label ?? roleTitle(stack.role)) : 'called from here';
  return frame.function === undefined ? what : `${what}: ${frame.function}`;
}

function notification(note: Note): object {
  return { level: NOTE_LEVELS[note.severity], message: message(note.text), descriptor: { id: note.code } };
}

function invocation(report: Report, dropped: number): object {
  const run: RunRecord | undefined = report.run;
  const notes: Note[] = [...report.notes];
  if (report.partial)
    notes.push({ severity: 'warning', code: 'partial', text: 'The report was cut: what came before the cut is shown.' });
  if (dropped > 0) {
    const text = `${MAX_RESULTS} findings are listed here; ${dropped} more are left out, for hosts show no more of them.`;
    notes.push({ severity: 'warning', code: 'too-many-results', text });
  }
  return {
    executionSuccessful: !report.notes.some((note) => note.severity === 'error'),
    ...(run === undefined ? {} : { commandLine: [run.program, ...run.args].join(' '), arguments: run.args }),
    ...(run?.exit?.exitCode === null || run?.exit === undefined ? {} : { exitCode: run.exit.exitCode }),
    ...(run?.exit?.signal === undefined ? {} : { exitSignalName: run.exit.signal }),
    ...(notes.length === 0 ? {} : { toolExecutionNotifications: notes.map(notification) }),
  };
}

function sarifRun({ source, report }: ReportSource, tool: ToolVersion, options: SarifOptions): object {
  const run = new SarifRun(options);
  const results = report.findings.slice(0, MAX_RESULTS).map((finding) => run.result(finding));
  const engine = engineOf(report);
  return {
    tool: {
      driver: {
        name: 'MemLens',
        version: tool.version,
        ...(options.docsUri === undefined ? {} : { informationUri: options.docsUri }),
        rules: run.ruleList,
      },
    },
    automationDetails: { id: `memlens/${engine ?? 'report'}/` },
    columnKind: 'utf16CodeUnits',
    ...(options.root === undefined ? {} : { originalUriBaseIds: { SRCROOT: { uri: folderUri(options.root) } } }),
    invocations: [invocation(report, report.findings.length - results.length)],
    results,
    properties: { source, summary: report.summary, errors: report.errors, partial: report.partial },
  };
}

/**
 * A SARIF 2.1.0 log with one run for each report. Lossy: an engine counts columns in bytes, SARIF in UTF-16 units, so behind
 * other letters than ASCII a column may lie too far right. A finding without a place of its own has no location.
 */
export function toSarif(results: readonly ReportSource[], tool: ToolVersion, options: SarifOptions = {}): unknown {
  return { $schema: SCHEMA, version: '2.1.0', runs: results.map((result) => sarifRun(result, tool, options)) };
}

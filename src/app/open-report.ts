import { type Cancel, neverCancelled } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { createKmemleakParser } from '../engines/kmemleak/parse.js';
import { createMemcheckTextParser } from '../engines/memcheck/parse-text.js';
import { createMemcheckXmlParser } from '../engines/memcheck/parse-xml.js';
import type { FindingSink, ParseEnd, ReportParser } from '../engines/parser.js';
import { createSanitizerParser } from '../engines/sanitizer/parse.js';
import { assembleReport } from '../findings/assemble.js';
import { FoldingSink } from '../findings/fold.js';
import { addSummaries, summarise } from '../findings/summary.js';
import { HEAD_BYTES, heapFileKind } from '../formats/heap/file-kind.js';
import type { LeakSummary } from '../model/finding.js';
import type { Report } from '../model/report.js';
import { feed } from './read-reports.js';
import type { SourceLocator } from './source-locator.js';
import type { SymbolOrigin } from './symbols/symbol-origin.js';
import type { Symbolizer } from './symbols/symbolizer.js';

export interface OpenedReport {
  readonly source: string;
  readonly report: Report;
  /** Files that a finding wants to show and that are not here: a path map would help. */
  readonly missingFiles: readonly string[];
}

/**
 * Everything that any engine recognises in one stream of text: a report may stand in the middle of a log, and a log may
 * hold reports of several engines.
 */
export function createAnyReportParser(sink: FindingSink): ReportParser {
  let parsers: readonly ReportParser[] | undefined;
  const choose = (start: string): readonly ReportParser[] =>
    // A file that begins as XML is nothing else; the text parsers need not look at its megabytes.
    /^[\s\uFEFF]*<(\?xml|!--|valgrindoutput)/.test(start)
      ? [createMemcheckXmlParser(sink)]
      : [createSanitizerParser(sink), createMemcheckTextParser(sink), createMemcheckXmlParser(sink), createKmemleakParser(sink)];
  return {
    push(chunk: string): void {
      if (chunk === '') return;
      parsers ??= choose(chunk);
      for (const parser of parsers) parser.push(chunk);
    },
    end(): ParseEnd {
      const ends = (parsers ?? []).map((parser) => parser.end()).filter((end) => end.recognised);
      const summaries = ends.flatMap((end): LeakSummary[] => (end.summary === undefined ? [] : [end.summary]));
      const summary = summaries.length === 0 ? undefined : summaries.reduce((sum, next) => addSummaries(sum, next));
      return {
        recognised: ends.length > 0,
        partial: ends.some((end) => end.partial),
        ...(summary === undefined ? {} : { summary }),
      };
    },
  };
}

/** Who looks for the names of addresses, and where. */
export interface ReportNames {
  readonly symbols: Symbolizer;
  readonly origin: SymbolOrigin;
  /** They are looked up now, which may take a while. */
  readonly onBegin?: () => void;
}

/** Reads one report that exists already, from wherever it came. Without `names`, addresses stay what they are. */
export async function openReport(
  source: { readonly name: string; readonly text: AsyncIterable<string> },
  locator: SourceLocator,
  cancel?: Cancel,
  names?: ReportNames,
): Promise<Result<OpenedReport, Fault>> {
  const isCancelled = (): boolean => cancel?.requested === true;
  const sink = new FoldingSink();
  const parser = createAnyReportParser(sink);
  let head = '';
  const seen: ReportParser = {
    push(chunk) {
      if (head.length < HEAD_BYTES) head += chunk.slice(0, HEAD_BYTES - head.length);
      parser.push(chunk);
    },
    end: () => parser.end(),
  };
  const error = await feed(seen, source.text, cancel);
  if (isCancelled()) return err({ code: 'cancelled' });
  if (error?.code === 'ENOENT') return err({ code: 'not-found', path: source.name, what: 'report' });
  if (error?.code === 'EACCES') return err({ code: 'permission', path: source.name, operation: 'read' });
  const cut = error !== undefined;
  if (cut)
    sink.note({ severity: 'warning', code: 'unreadable', text: `${source.name} could not be read to its end: ${error.message}` });
  const end = parser.end();
  if (!end.recognised) {
    if (cut) return err({ code: 'unreadable', path: source.name, detail: 'it could not be read' });
    return err({ code: 'unrecognised-report', path: source.name, ...(isHeapProfile(head) ? { holds: 'heap-profile' } : {}) });
  }
  names?.onBegin?.();
  const named = await names?.symbols.symbolizeFindings(sink.findings, names.origin, cancel ?? neverCancelled);
  if (isCancelled()) return err({ code: 'cancelled' });
  const findings = named?.findings ?? sink.findings;
  const locate = await locator.prepare(findings);
  const report = assembleReport(
    {
      findings,
      notes: [...sink.notes, ...(named?.notes ?? []), ...locator.notes(findings)],
      partial: end.partial || cut,
      // Engines that print totals count what they do not list (reachable blocks, say); the findings fill in the rest.
      ...(end.summary === undefined ? {} : { summary: addReachable(end.summary, summarise(findings).summary) }),
    },
    locate,
  );
  return ok({ source: source.name, report, missingFiles: missingFiles(report, locator) });
}

/** Of text with a sure tell: anything with numbers at the ends of its lines may be folded stacks, and any bytes pprof's. */
function isHeapProfile(head: string): boolean {
  const kind = heapFileKind(head);
  return kind !== undefined && kind !== 'folded' && kind !== 'pprof' && kind !== 'strace' && kind !== 'perf';
}

/** The engine's own totals count; where it printed none of a kind, what its findings say. */
function addReachable(own: LeakSummary, found: LeakSummary): LeakSummary {
  const larger = (key: keyof LeakSummary): LeakSummary[keyof LeakSummary] => (own[key].blocks === 0 ? found[key] : own[key]);
  return {
    definitely: larger('definitely'),
    indirectly: larger('indirectly'),
    possibly: larger('possibly'),
    reachable: larger('reachable'),
    suppressed: larger('suppressed'),
  };
}

function missingFiles(report: Report, locator: SourceLocator): readonly string[] {
  const missing = new Set<string>();
  for (const { place, sources } of report.findings) {
    const file = place?.file ?? '';
    if (file.startsWith('/') && !locator.isKnown(file) && !Object.values(sources).includes(file)) missing.add(file);
  }
  return [...missing];
}

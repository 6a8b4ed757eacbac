import { visibleText } from '../base/visible-text.js';
import { isRuntimeFrame } from '../findings/runtime-frame.js';
import { besideHeadline, standingWords } from '../findings/standing.js';
import { headline, roleTitle, type Severity, severityOf, summaryLine } from '../findings/wording.js';
import type { PlacedFinding, Report } from '../model/report.js';
import type { Frame, Stack } from '../model/stack.js';

export interface TextOptions {
  /** Writes SGR sequences (ECMA-48): for a terminal only. */
  readonly colour: boolean;
  /** Shows the runtime's frames too, the modules, and the engine's own sentences. */
  readonly verbose?: boolean;
  /** The last line, where the one of leaks and errors would be none of this report. */
  readonly summary?: string;
  /** A sentence that stands below the place of a finding. */
  readonly remark?: (finding: PlacedFinding) => string | undefined;
}

type Style = 'bold' | 'faint' | 'red' | 'yellow' | 'blue' | 'green';

const CODES: Readonly<Record<Style, number>> = { bold: 1, faint: 2, red: 31, yellow: 33, blue: 34, green: 32 };
const COLOURS: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', information: 'blue' };
const WORDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', information: 'info' };

class TextWriter {
  private readonly lines: string[] = [];

  constructor(private readonly options: TextOptions) {}

  get text(): string {
    return this.lines.length === 0 ? '' : `${this.lines.join('\n')}\n`;
  }

  report(report: Report): void {
    for (const finding of report.findings) this.finding(finding);
    for (const note of report.notes) {
      const severity = note.severity === 'info' ? 'information' : note.severity;
      this.lines.push(
        `${this.style(note.severity === 'info' ? 'note' : WORDS[severity], COLOURS[severity])}: ${visibleText(note.text)}`,
      );
    }
    if (report.partial) this.lines.push(`${this.style('note', 'yellow')}: The report was cut; this is what came before the cut.`);
    const clean = report.findings.length === 0;
    // An engine that could not do its work has not found that there is nothing.
    if (clean && report.notes.some((note) => note.severity === 'error')) return;
    this.lines.push(
      this.style(this.options.summary ?? summaryLine(report.summary, report.errors, report.findings), clean ? 'green' : 'bold'),
    );
  }

  private finding(finding: PlacedFinding): void {
    const severity = severityOf(finding);
    this.lines.push(`${this.style(`${WORDS[severity]}:`, COLOURS[severity])} ${this.style(headline(finding), 'bold')}`);
    this.lines.push(`  ${placeText(finding)}`);
    const remark = this.options.remark?.(finding);
    if (remark !== undefined) this.lines.push(`  ${visibleText(remark)}`);
    if (finding.standing !== undefined) this.lines.push(`  ${standingWords(finding.standing)}`);
    for (const words of besideHeadline(finding)) if (words !== remark) this.lines.push(`  ${visibleText(words)}`);
    if (this.options.verbose === true) {
      this.lines.push(`  ${this.style(`${visibleText(finding.engine)}: ${visibleText(finding.message)}`, 'faint')}`);
      for (const detail of finding.details ?? []) this.lines.push(`  ${this.style(visibleText(detail), 'faint')}`);
    }
    for (const stack of finding.stacks) this.stack(stack, finding);
    this.lines.push('');
  }

  private stack(stack: Stack, finding: PlacedFinding): void {
    this.lines.push(`  ${visibleText(stack.label ?? roleTitle(stack.role)).replace(/:$/, '')}:`);
    const shown = this.options.verbose === true ? stack.frames : withoutOuterRuntime(stack.frames);
    for (const frame of shown) {
      const text = `    ${frameText(frame, finding, this.options.verbose === true)}`;
      this.lines.push(isRuntimeFrame(frame) ? this.style(text, 'faint') : text);
    }
    const hidden = stack.frames.length - shown.length;
    if (stack.frames.length === 0) this.lines.push(this.style('    (the engine gave no frames)', 'faint'));
    else if (hidden > 0 && shown.length === 0) this.lines.push(this.style(`    (${hidden} frames of the runtime)`, 'faint'));
  }

  private style(text: string, style: Style): string {
    return this.options.colour ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;
  }
}

/** What calls `main` helps nobody; the frames between the error and the user's code do. */
function withoutOuterRuntime(frames: readonly Frame[]): readonly Frame[] {
  const last = frames.findLastIndex((frame) => !isRuntimeFrame(frame));
  return last < 0 ? frames : frames.slice(0, last + 1);
}

function position(file: string, line: number | null | undefined, column: number | null | undefined): string {
  const place = [visibleText(file)];
  if (line !== null && line !== undefined && line > 0) {
    place.push(String(line));
    if (column !== null && column !== undefined && column > 0) place.push(String(column));
  }
  return place.join(':');
}

function placeText({ place }: PlacedFinding): string {
  if (place === null) return 'no frame of your own code is in its stacks';
  const name = place.function === null ? '' : visibleText(place.function);
  if (place.file === null) return `in ${name || 'an unknown function'} (no source line is known)`;
  return `${position(place.file, place.line, place.column)}${name === '' ? '' : ` in ${name}`}`;
}

function frameText(frame: Frame, finding: PlacedFinding, verbose: boolean): string {
  const name = visibleText(frame.function ?? '??');
  const module =
    frame.module === undefined
      ? ''
      : `(${visibleText(frame.module)}${frame.offset === undefined ? '' : `+${visibleText(frame.offset)}`})`;
  const inlined = frame.inlined === true ? ' [inlined]' : '';
  if (frame.file === undefined) return `${name}${inlined}${module === '' ? '' : ` ${module}`}`;
  const source = (Object.hasOwn(finding.sources, frame.file) ? finding.sources[frame.file] : undefined) ?? frame.file;
  return `${name}${inlined} ${position(source, frame.line, frame.column)}${verbose && module !== '' ? ` ${module}` : ''}`;
}

/**
 * A report for the command line, in the report's own order, ending in a line of totals and a line end. Control characters
 * of what the program or the report says are made visible, so that no escape sequence of theirs reaches the terminal.
 */
export function toText(report: Report, options: TextOptions): string {
  const writer = new TextWriter(options);
  writer.report(report);
  return writer.text;
}

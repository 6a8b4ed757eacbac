import { LineSplitter } from '../../base/lines.js';
import type { Frame } from '../../model/stack.js';
import type { FindingSink, ParseEnd, ParserFactory, ReportParser } from '../parser.js';
import { WaitingParser } from '../waiting-parser.js';
import { HeadlessParts } from './headless-parts.js';
import { LeakGroups } from './leak-groups.js';
import { isOfAnother, isOtherReport, type LeakObject, readFrame, readHead, readHeader, readProcess } from './leak-object.js';
import { joinedFrame, joinedHeader, joinedProcess } from './wrapped-lines.js';

const MAX_FRAMES = 1024;
/** Lines of others may come between those of an object; after so many it is over. */
const MOST_FOREIGN = 256;
const MOST_KNOWN = 1 << 14;
/** In the log of kernels that print the first of equal backtraces only (2026 and newer). */
const MORE = /\.\.\. and (\d{1,9}) more object\(s\) with the same backtrace\s*$/;

/**
 * What /sys/kernel/debug/kmemleak says (Documentation/dev-tools/kmemleak.rst), and what `kmemleak=verbose` prints into the kernel's log, of all kernels since 2.6.31,
 * with anything before the text of a line.
 */
export const createKmemleakParser: ParserFactory = (sink) =>
  new WaitingParser(/unreferenced\sobject\s/, () => new KmemleakParser(sink));

class KmemleakParser implements ReportParser {
  private readonly lines = new LineSplitter((line) => this.line(line));
  private readonly groups: LeakGroups;
  private readonly frames = new Map<string, Frame | 'end' | undefined>();
  private readonly headless = new HeadlessParts();
  private object: LeakObject | undefined;
  /** Objects of which another one, or a part of it, took the place of the backtrace. */
  private incomplete = 0;
  /** Objects of which the kernel told only how many they are. */
  private more = 0;
  private before = '';
  /** The line before gave the last frame. */
  private hasFrameBefore = false;
  private foreign = 0;
  private recognised = false;
  private hasModules = false;
  private partial = false;
  private endsLine = true;
  /** While the last line is read, that no line end follows. */
  private atEnd = false;

  constructor(private readonly sink: FindingSink) {
    this.groups = new LeakGroups((finding) => sink.finding(finding));
  }

  push(chunk: string): void {
    if (chunk === '') return;
    this.endsLine = chunk.endsWith('\n');
    this.lines.push(chunk);
  }

  end(): ParseEnd {
    this.atEnd = !this.endsLine;
    this.lines.end();
    if (this.object !== undefined && !this.object.hasBacktrace) this.partial = true;
    this.finish();
    this.groups.flush();
    if (!this.recognised) return { recognised: false, partial: false };
    this.noteLost();
    if (this.hasModules) {
      this.sink.note({
        severity: 'info',
        code: 'module-names',
        text: 'kmemleak gives names when it prints, not when the memory was allocated: where a module was unloaded and another one was loaded in its place, old leaks show names of the new one.',
      });
    }
    if (this.partial)
      this.sink.note({
        severity: 'warning',
        code: 'cut',
        text: 'The report ends in the middle of an object; what came before is shown.',
      });
    return { recognised: true, partial: this.partial };
  }

  private noteLost(): void {
    const { count } = this.headless;
    const lost = this.incomplete;
    if (count > 0) {
      this.sink.note({
        severity: 'warning',
        code: 'headless',
        text:
          count === 1
            ? 'Parts of 1 object stand without the line that an object begins with. How large it is and where it lies is not told, so it is in no sum.'
            : `Parts of ${count} objects stand without the lines that objects begin with. How large they are and where they lie is not told, so they are in no sum.`,
      });
    }
    if (this.more > 0) {
      this.sink.note({
        severity: 'warning',
        code: 'same-backtrace',
        text:
          this.more === 1
            ? 'Of objects with one backtrace the kernel prints the first one into its log: 1 more is in no sum, since its size is not told. /sys/kernel/debug/kmemleak lists it.'
            : `Of objects with one backtrace the kernel prints the first one into its log: ${this.more} more are in no sum, since their sizes are not told. /sys/kernel/debug/kmemleak lists them.`,
      });
    }
    if (lost > 0) {
      this.sink.note({
        severity: 'warning',
        code: 'incomplete',
        text:
          lost === 1
            ? '1 object comes without its backtrace: its size counts, where it was allocated is not told.'
            : `${lost} objects come without their backtraces: their sizes count, where they were allocated is not told.`,
      });
    }
  }

  private line(raw: string): void {
    const spaced = raw.includes('\u00a0') ? raw.replaceAll('\u00a0', ' ') : raw;
    // dmesg --color
    const line = spaced.includes('\x1b') ? spaced.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '') : spaced;
    const { before } = this;
    this.before = line;
    const begun = readHeader(line) ?? wrappedHeader(before, line);
    if (begun !== undefined) {
      if (this.object !== undefined && !this.object.hasBacktrace) this.incomplete++;
      this.finish();
      this.headless.object();
      this.object = begun;
      this.foreign = 0;
      this.recognised = true;
      return;
    }
    const more = line.includes(' more object(s)') ? MORE.exec(line) : null;
    if (more !== null) {
      this.more += Number(more[1]);
      return;
    }
    const { object } = this;
    if (object === undefined) {
      this.headless.line(line);
      return;
    }
    if (!object.hasBacktrace) {
      if (isOfAnother(object, line)) {
        this.incomplete++;
        this.finish();
        this.headless.line(line);
      } else if (readHead(object, line) || readWrappedProcess(object, before, line)) this.foreign = 0;
      else this.other(line);
      return;
    }
    this.backtrace(object, before, line);
  }

  private backtrace(object: LeakObject, before: string, line: string): void {
    const goesOn = this.hasFrameBefore;
    this.hasFrameBefore = false;
    const frame = this.frameOf(line);
    if (frame === 'end') return;
    if (frame !== undefined) {
      this.add(object, frame);
      this.hasFrameBefore = true;
      return;
    }
    const whole = joinedFrame(before, line);
    const joined = whole === undefined ? undefined : this.frameOf(whole);
    if (typeof joined === 'object') {
      if (goesOn) object.frames.pop();
      this.add(object, joined);
    } else if (object.frames.length > 0 && this.headless.begins(line)) this.finish();
    else this.other(line);
  }

  private add(object: LeakObject, frame: Frame): void {
    this.foreign = 0;
    if (frame.module !== undefined) this.hasModules = true;
    if (object.frames.length < MAX_FRAMES) object.frames.push(frame);
  }

  private other(line: string): void {
    if (line.trim() === '') return;
    if (isOtherReport(line)) {
      this.finish();
      this.headless.line(line);
    } else if (++this.foreign > MOST_FOREIGN) this.finish();
    // `[<ffffffff81` or a name without its offset: the text was cut there
    else if (this.atEnd) this.partial = true;
  }

  private frameOf(line: string): Frame | 'end' | undefined {
    const known = this.frames.get(line);
    if (known !== undefined) return known;
    const frame = readFrame(line);
    // Of a number that the end of the text may have cut nothing is said.
    if (this.atEnd && typeof frame === 'object' && !line.trimEnd().endsWith(']')) return this.cut(frame);
    if (this.frames.size >= MOST_KNOWN) this.frames.clear();
    this.frames.set(line, frame);
    return frame;
  }

  private cut(frame: Frame): Frame | undefined {
    const whole = [...this.frames.values()].find(
      (known) =>
        typeof known === 'object' &&
        known.function === frame.function &&
        known.symbolOffset === frame.symbolOffset &&
        known.symbolSize === frame.symbolSize &&
        known.line === frame.line,
    );
    if (typeof whole === 'object' && frame.function !== undefined) return whole;
    this.partial = true;
    const { function: name, symbolSize, symbolOffset } = frame;
    if (name === undefined) return undefined;
    return { function: name, ...(symbolSize === undefined || symbolOffset === undefined ? {} : { symbolOffset }) };
  }

  private finish(): void {
    if (this.object !== undefined) this.groups.add(this.object);
    this.object = undefined;
    this.hasFrameBefore = false;
  }
}

function wrappedHeader(before: string, line: string): LeakObject | undefined {
  const whole = joinedHeader(before, line);
  return whole === undefined ? undefined : readHeader(whole);
}

/** Of one whose first line was read, the age may be in the second. */
function readWrappedProcess(object: LeakObject, before: string, line: string): boolean {
  if (object.dumped > 0 || object.age !== undefined || (object.comm !== undefined && !line.includes('(age '))) return false;
  const whole = joinedProcess(before, line);
  return whole !== undefined && readProcess(object, whole);
}

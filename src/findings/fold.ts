import type { Finding, Note } from '../model/finding.js';
import type { Frame, Stack } from '../model/stack.js';

interface Folded {
  readonly first: Finding;
  count: number;
  bytes: number | undefined;
  blocks: number | undefined;
}

const sum = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined ? b : a + (b ?? 0));

/** Gives every distinct value a number. */
class Numbering {
  private readonly numbers = new Map<string, number>();

  of(key: string): number {
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.numbers.size;
      this.numbers.set(key, number);
    }
    return number;
  }
}

/**
 * A sink for a parser that adds up equal findings: same engine, kind, process, access and stacks, whatever the addresses.
 * Memory grows with the number of distinct findings only, and that has a limit.
 */
export class FoldingSink {
  private readonly folded = new Map<string, Folded>();
  private readonly strings = new Map<string, string>();
  private readonly frames = new Map<string, { readonly id: number; readonly frame: Frame }>();
  private readonly stacks = new Map<string, { readonly id: number; readonly frames: readonly Frame[] }>();
  private readonly names = new Numbering();
  private readonly distinctNotes = new Map<string, Note>();
  private dropped = 0;

  constructor(
    private readonly maxFindings = 100_000,
    private readonly maxNotes = 1000,
  ) {}

  finding(finding: Finding): void {
    const full = this.folded.size >= this.maxFindings;
    const key = this.keyOf(finding);
    const known = this.folded.get(key);
    if (known !== undefined) {
      known.count += finding.count;
      known.bytes = sum(known.bytes, finding.bytes);
      known.blocks = sum(known.blocks, finding.blocks);
    } else if (full) this.dropped++;
    else this.folded.set(key, { first: this.keep(finding), count: finding.count, bytes: finding.bytes, blocks: finding.blocks });
  }

  note(note: Note): void {
    const key = `${note.severity}\0${note.code}\0${note.text}`;
    if (!this.distinctNotes.has(key) && this.distinctNotes.size < this.maxNotes) {
      this.distinctNotes.set(key, { ...note, text: this.intern(note.text) });
    }
  }

  /** What came in, folded, in the order of first sight. */
  get findings(): readonly Finding[] {
    return [...this.folded.values()].map(({ first, count, bytes, blocks }) => ({
      ...first,
      count,
      ...(bytes === undefined ? {} : { bytes }),
      ...(blocks === undefined ? {} : { blocks }),
    }));
  }

  /** Every distinct note once; the last one says when findings were left out. */
  get notes(): readonly Note[] {
    const notes = [...this.distinctNotes.values()];
    if (this.dropped === 0) return notes;
    const kept = this.maxFindings.toLocaleString('en-US');
    const more = this.dropped.toLocaleString('en-US');
    return [
      ...notes,
      {
        severity: 'warning',
        code: 'too-many',
        text: `Only the first ${kept} different findings are kept; ${more} more were read.`,
      },
    ];
  }

  private keyOf(finding: Finding): string {
    const { engine, kind, leakKind, pid, access, size } = finding;
    const stacks = finding.stacks.map((stack) => `${stack.role}${this.stackId(stack)}`).join(' ');
    // An engine tells two errors of one line apart by the instruction; leaks are one by their stack.
    const where = kind === 'leak' ? '' : (finding.stacks[0]?.frames[0]?.address ?? '');
    return `${this.names.of(engine)} ${this.names.of(kind)} ${leakKind ?? ''} ${pid ?? ''} ${access ?? ''} ${size ?? ''} ${where} ${stacks}`;
  }

  private stackId(stack: Stack): number {
    return this.keepStack(stack.frames).id;
  }

  private keepStack(frames: readonly Frame[]): { readonly id: number; readonly frames: readonly Frame[] } {
    const kept = frames.map((frame) => this.keepFrame(frame));
    const key = kept.map(({ id }) => id).join(' ');
    let known = this.stacks.get(key);
    if (known === undefined) {
      known = { id: this.stacks.size, frames: kept.map(({ frame }) => frame) };
      // Past the limit nothing new is kept: -1 equals no stack.
      if (this.folded.size >= this.maxFindings) return { ...known, id: -1 };
      this.stacks.set(key, known);
    }
    return known;
  }

  private keepFrame(frame: Frame): { readonly id: number; readonly frame: Frame } {
    const { function: name, file, line, column, module } = frame;
    // The offset in the module tells two calls in one line apart, and without a name and an offset the address does.
    const { symbolOffset, symbolSize = '' } = frame;
    // Of a kernel the function's size tells static functions of one name apart.
    const inSymbol = symbolOffset === undefined ? undefined : `${symbolOffset}/${symbolSize}`;
    const where = frame.offset ?? inSymbol ?? (name === undefined && file === undefined ? (frame.address ?? '') : '');
    const key = `${name ?? ''}\0${file ?? ''}\0${line ?? ''}\0${column ?? ''}\0${module ?? ''}\0${where}`;
    let known = this.frames.get(key);
    if (known === undefined) {
      if (this.folded.size >= this.maxFindings) return { id: -1, frame };
      known = { id: this.frames.size, frame: this.keepStrings(frame) };
      this.frames.set(this.intern(key), known);
    }
    return known;
  }

  private keep(finding: Finding): Finding {
    return this.keepStrings({
      ...finding,
      stacks: finding.stacks.map((stack) => this.keepStrings({ ...stack, frames: this.keepStack(stack.frames).frames })),
      ...(finding.details === undefined ? {} : { details: finding.details.map((line) => this.intern(line)) }),
    });
  }

  private keepStrings<T extends object>(value: T): T {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]: [string, unknown]) => [key, typeof item === 'string' ? this.intern(item) : item]),
    ) as T;
  }

  /** A copy that does not keep the chunk alive from which a parser cut the string. */
  private intern(text: string): string {
    let known = this.strings.get(text);
    if (known === undefined) {
      known = ` ${text}`.slice(1);
      this.strings.set(known, known);
    }
    return known;
  }
}

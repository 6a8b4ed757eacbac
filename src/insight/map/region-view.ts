import { EXECUTE, type MapTable, READ, SHARED, WRITE } from '../../model/map-table.js';
import { MARKS, type RegionClasses, SEGMENTS, type Segment } from '../../model/segment.js';
import { RULE_INDEX, type RuleId } from './rules.js';

const UNDECIDED = 255;

/** The rows of a map while their segments are decided. What was decided first stays. */
export class RegionView {
  readonly length: number;
  readonly segment: Uint8Array;
  private readonly rule: Uint8Array;
  private readonly marks: Uint8Array;
  private readonly ownerIndex: Uint32Array;
  private readonly owners: string[] = [''];
  private readonly ownerNumbers = new Map([['', 0]]);
  private readonly flagSets: readonly ReadonlySet<string>[];
  /** By number of the text: anonymous names, and bare brackets of pmap(1), which say the same. */
  private readonly anonymousPath: readonly boolean[];

  constructor(readonly table: MapTable) {
    this.length = table.length;
    this.segment = new Uint8Array(table.length).fill(UNDECIDED);
    this.rule = new Uint8Array(table.length);
    this.marks = new Uint8Array(table.length);
    this.ownerIndex = new Uint32Array(table.length);
    this.flagSets = table.flags.texts.map((text) => new Set(text.split(' ').filter((flag) => flag !== '')));
    this.anonymousPath = table.path.texts.map((path) => path === '' || path.startsWith('[anon:'));
  }

  start(row: number): number {
    return this.table.start[row]!;
  }

  end(row: number): number {
    return this.table.end[row]!;
  }

  size(row: number): number {
    return this.end(row) - this.start(row);
  }

  path(row: number): string {
    return this.table.path.texts[this.table.path.index[row]!]!;
  }

  device(row: number): string {
    return this.table.device.texts[this.table.device.index[row]!]!;
  }

  is(row: number, bits: number): boolean {
    return (this.table.permissions[row]! & bits) === bits;
  }

  untouchable(row: number): boolean {
    return (this.table.permissions[row]! & (READ | WRITE | EXECUTE)) === 0;
  }

  /** Private, of no file; it may have a name that the program gave. */
  anonymous(row: number): boolean {
    return this.anonymousPath[this.table.path.index[row]!]! && !this.is(row, SHARED);
  }

  /** VmFlags are told. */
  hasFlags(row: number): boolean {
    return this.flagSets[this.table.flags.index[row]!]!.size > 0;
  }

  flag(row: number, flag: string): boolean {
    return this.flagSets[this.table.flags.index[row]!]!.has(flag);
  }

  /** NaN: not told. */
  figure(row: number, name: string): number {
    return this.table.figures[name]?.[row] ?? Number.NaN;
  }

  /** Whether `row` begins where the one before it ends. */
  touchesPrevious(row: number): boolean {
    return row > 0 && row < this.length && this.end(row - 1) === this.start(row);
  }

  /** The row that holds `address`; undefined when it is in a gap. */
  rowAt(address: number): number | undefined {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.end(middle) <= address) low = middle + 1;
      else high = middle;
    }
    return low < this.length && this.start(low) <= address ? low : undefined;
  }

  decided(row: number): boolean {
    return this.segment[row] !== UNDECIDED;
  }

  segmentOf(row: number): Segment | undefined {
    return SEGMENTS[this.segment[row]!];
  }

  decide(row: number, segment: Segment, rule: RuleId, options: { readonly owner?: string; readonly guess?: boolean } = {}): void {
    if (this.decided(row)) return;
    this.segment[row] = SEGMENTS.indexOf(segment);
    this.rule[row] = RULE_INDEX[rule];
    if (options.guess === true) this.mark(row, 'guess');
    if (options.owner !== undefined) this.own(row, options.owner);
  }

  mark(row: number, mark: keyof typeof MARKS): void {
    this.marks[row]! |= MARKS[mark];
  }

  own(row: number, owner: string): void {
    let number = this.ownerNumbers.get(owner);
    if (number === undefined) {
      number = this.owners.push(owner) - 1;
      this.ownerNumbers.set(owner, number);
    }
    this.ownerIndex[row] = number;
  }

  ownerOf(row: number): string {
    return this.owners[this.ownerIndex[row]!]!;
  }

  classes(): RegionClasses {
    return {
      segment: this.segment,
      rule: this.rule,
      marks: this.marks,
      owner: { index: this.ownerIndex, texts: this.owners },
    };
  }
}

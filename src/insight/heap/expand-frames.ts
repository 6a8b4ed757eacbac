import type { FrameTable, HeapProfile } from '../../model/heap-profile.js';
import { GrowingTree, movedProfile } from './growing-tree.js';

/** What was found of a frame that had an address only. */
export interface NamedFrame {
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
}

/**
 * The profile with names for some frames: `names` has for a frame what it is, innermost first, inlined functions before the one that they were inlined into;
 * undefined leaves it as it is. Module and address stay. A frame that the tool told as inlined at the same address gives way to what was found. No value is
 * lost; what was allocated in a frame counts for the innermost function.
 */
export function expandFrames(profile: HeapProfile, names: readonly (readonly NamedFrame[] | undefined)[]): HeapProfile {
  const { frames, tree } = profile;
  const table = new NamedTable(profile);
  const chains = Array.from({ length: frames.length }, (_, frame) => table.chain(frame, names[frame]));
  const grown = new GrowingTree(tree.length);
  const to = new Uint32Array(tree.length);
  for (let node = 1; node < tree.length; node++) {
    const frame = tree.frame[node]!;
    const parent = tree.parent[node]!;
    const above = to[parent]!;
    const isTold = frames.inlined[frame] === 1;
    if (isTold && parent !== 0 && names[frame] !== undefined && isAtOneAddress(frames, frame, tree.frame[parent]!))
      to[node] = above;
    else to[node] = (isTold ? [frame] : chains[frame]!).reduceRight((under, one) => grown.child(under, one), above);
  }
  const isNamed = names.some((found) => found !== undefined && found.length > 0);
  const notes = isNamed ? profile.notes.filter(({ code }) => code !== 'no-symbols') : profile.notes;
  return movedProfile({ ...profile, ...table.finish(), notes }, grown.finish(), to);
}

const isAtOneAddress = ({ module, address }: FrameTable, one: number, other: number): boolean =>
  address[one] !== 0 && address[one] === address[other] && module[one] === module[other];

/** The profile without what the calls of its frames were looked up by: frames that are equal now are one. */
export function withoutCalls(profile: HeapProfile): HeapProfile {
  return profile.frames.call === undefined ? profile : expandFrames(profile, []);
}

/** The frames of a profile, and those that are added. */
class NamedTable {
  private readonly texts: string[];
  private readonly numbers: Map<string, number>;
  private readonly columns: Record<'function' | 'file' | 'line' | 'module' | 'address' | 'inlined', number[]>;
  private readonly known = new Map<string, number>();

  constructor(private readonly profile: HeapProfile) {
    const { frames, texts } = profile;
    this.texts = [...texts];
    this.numbers = new Map(texts.map((text, at) => [text, at]));
    this.columns = {
      function: [...frames.function],
      file: [...frames.file],
      line: [...frames.line],
      module: [...frames.module],
      address: [...frames.address],
      inlined: [...frames.inlined],
    };
    // Without their calls some are equal: the first one stands for them.
    for (let frame = frames.length - 1; frame >= 0; frame--) this.known.set(this.keyOf(frame), frame);
  }

  /** What stands for a frame, innermost first. */
  chain(frame: number, found: readonly NamedFrame[] | undefined): readonly number[] {
    if (found === undefined || found.length === 0) return [this.known.get(this.keyOf(frame)) ?? frame];
    const { module, address } = this.profile.frames;
    return found.map((one, at) => {
      const index = this.columns.line.length;
      this.columns.function.push(this.text(one.function ?? ''));
      this.columns.file.push(this.text(one.file ?? ''));
      this.columns.line.push(one.line ?? 0);
      this.columns.module.push(module[frame]!);
      this.columns.address.push(address[frame]!);
      this.columns.inlined.push(at < found.length - 1 ? 1 : 0);
      const key = this.keyOf(index);
      const there = this.known.get(key);
      if (there === undefined) {
        this.known.set(key, index);
        return index;
      }
      for (const column of Object.values(this.columns)) column.pop();
      return there;
    });
  }

  finish(): Pick<HeapProfile, 'texts' | 'frames'> {
    const { columns } = this;
    return {
      texts: this.texts,
      frames: {
        length: columns.line.length,
        function: Uint32Array.from(columns.function),
        file: Uint32Array.from(columns.file),
        line: Uint32Array.from(columns.line),
        module: Uint32Array.from(columns.module),
        address: Uint32Array.from(columns.address),
        inlined: Uint8Array.from(columns.inlined),
      },
    };
  }

  private keyOf(at: number): string {
    const { columns } = this;
    return `${columns.function[at]} ${columns.file[at]} ${columns.line[at]} ${columns.module[at]} ${columns.address[at]} ${columns.inlined[at]}`;
  }

  private text(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.texts.length;
      this.texts.push(text);
      this.numbers.set(text, number);
    }
    return number;
  }
}

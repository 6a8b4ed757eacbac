import { LineSplitter } from '../../base/lines.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import { ForeignLines } from './foreign-lines.js';
import { LineMemo } from './line-memo.js';
import { ProfileBuilder } from './profile-builder.js';

/**
 * Folded stacks, as the scripts of flame graphs write and read them (https://github.com/brendangregg/FlameGraph): `main;stock;malloc 80000`, the outermost
 * frame first, a number at the end. What the number counts is not told: it is `other`. `_[i]` behind a name says that it was inlined.
 */
export class FoldedParser {
  private readonly lines = new LineSplitter((line) => this.line(line), 1 << 22);
  private readonly builder = new ProfileBuilder('folded', [{ quantity: 'other', unit: 'count', name: 'value' }]);
  private readonly frameOf = new LineMemo((name) => {
    const isInlined = name.endsWith('_[i]');
    return this.builder.frame({ function: isInlined ? name.slice(0, -4) : name, inlined: isInlined });
  });
  private stacks = 0;
  private number = 0;
  private readonly foreign = new ForeignLines();

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    if (this.stacks === 0) return undefined;
    this.foreign.noteIn(this.builder);
    return this.builder.finish();
  }

  private line(text: string): void {
    this.number++;
    const line = text.trimEnd();
    if (line === '' || line.startsWith('#')) return;
    const space = line.lastIndexOf(' ');
    const value = line.slice(space + 1);
    if (space <= 0 || !/^-?\d+(?:\.\d+)?(?:e[+-]?\d{1,2})?$/i.test(value)) {
      this.foreign.add(this.number);
      return;
    }
    const names = line.slice(0, space).trimEnd().split(';');
    const { builder } = this;
    const frames = names.reverse().map((name) => this.frameOf.of(name));
    builder.add(0, builder.stack(frames), Number(value));
    this.stacks++;
  }
}

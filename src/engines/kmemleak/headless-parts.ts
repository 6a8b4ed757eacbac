import { type HeadPart, headPart, isOtherReport, readFrame } from './leak-object.js';

/**
 * Parts of objects that stand without the line which an object begins with, where a copy begins or lacks a piece in the middle. They tell neither which
 * object they are of nor its size, and must not be taken for parts of the one before.
 */
export class HeadlessParts {
  count = 0;
  /** What of a part came last; `loose`: a frame with no head before it. */
  private last: HeadPart | 'frame' | 'loose' | undefined;
  /** The part that goes on is counted. */
  private isCounted = false;
  /** The frames that come are of another report of the kernel. */
  private isOther = false;

  /** Behind the frames of an object: true when the line begins a part. A row or a `backtrace:` of something else begins none by itself elsewhere. */
  begins(line: string): boolean {
    const part = headPart(line);
    if (part === undefined) return false;
    this.last = undefined;
    this.isOther = false;
    this.take(part);
    // Nothing else dumps rows or says `backtrace:` right behind an object.
    this.confirm();
    return true;
  }

  /** A line outside of any object. */
  line(line: string): void {
    const part = headPart(line);
    if (part !== undefined) {
      this.isOther = false;
      this.take(part);
      if (part === 'process' || part === 'dump') this.confirm();
    } else if (readFrame(line) !== undefined) this.frame();
    else if (isOtherReport(line)) {
      this.isOther = true;
      this.last = undefined;
    } else if (this.last === 'loose') this.last = undefined;
  }

  /** A line that an object begins with. */
  object(): void {
    // Frames right before it are the end of another object, unless another report said that they come.
    if (this.last === 'loose') this.confirm();
    this.last = undefined;
    this.isCounted = false;
    this.isOther = false;
  }

  private take(part: HeadPart): void {
    const goesOn = this.last === 'process' || this.last === 'dump' || this.last === 'row';
    if (!goesOn || (part === 'process' && this.last !== undefined)) this.isCounted = false;
    this.last = part;
  }

  private frame(): void {
    if (this.last === undefined || this.last === 'loose') {
      if (!this.isOther) this.last = 'loose';
      return;
    }
    if (this.last === 'backtrace') this.confirm();
    this.last = 'frame';
  }

  private confirm(): void {
    if (!this.isCounted) this.count++;
    this.isCounted = true;
  }
}

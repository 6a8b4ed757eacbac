import type { Finding } from '../../model/finding.js';
import type { Frame, Stack, StackRole } from '../../model/stack.js';
import type { Summary } from './header.js';
import { looseChannel } from './line-prefix.js';

/** Bounds of what is kept of one finding. A stack overflow's stack has some 250 frames. */
const MAX_FRAMES = 1024;
const MAX_STACKS = 32;
const MAX_DETAILS = 32;

interface OpenStack {
  readonly role: StackRole;
  label?: string;
  readonly frames: Frame[];
  /** The number of its last frame; -1 when it has none yet. */
  last: number;
}

/** One finding while its lines are read. */
export class FindingInProgress {
  kind: string;
  readonly stacks: OpenStack[] = [];
  private readonly details: string[] = [];
  private current: OpenStack | undefined;
  private pending: { role: StackRole; label?: string } | undefined;
  private facts: Partial<Finding> = {};

  constructor(
    kind: string,
    private readonly message: string,
    private readonly first: StackRole,
    facts: Partial<Finding>,
  ) {
    this.kind = kind;
    this.facts = facts;
  }

  add(facts: Partial<Finding>): void {
    this.facts = { ...this.facts, ...facts };
  }

  has(fact: 'access' | 'address'): boolean {
    return this.facts[fact] !== undefined;
  }

  detail(text: string): void {
    if (this.details.length < MAX_DETAILS && !this.details.includes(text)) this.details.push(text);
  }

  get hasAddresses(): boolean {
    return this.stacks.some((stack) => stack.frames[0]?.address !== undefined);
  }

  /** The next frames are a stack of this role. */
  label(role: StackRole, label: string): void {
    this.pending = { role, label };
    this.current = undefined;
  }

  /** The first stack's label, which says nothing of its role. */
  labelFirst(label: string): void {
    this.pending = { role: this.first, label };
    this.current = undefined;
  }

  place(label: string, frame: Frame): void {
    if (this.stacks.length < MAX_STACKS) this.stacks.push({ role: 'allocation', label, frames: [frame], last: 0 });
    this.current = undefined;
  }

  /** True when a frame of this number is the next that its stack should have. */
  expects(number: number): boolean {
    return this.current ? number === this.current.last + 1 : number === 0;
  }

  frame(number: number, frame: Frame): boolean {
    let stack = this.current;
    if (!stack || number <= stack.last) {
      if (stack && number !== 0) return false;
      const role = this.pending?.role ?? (this.stacks.length === 0 ? this.first : 'other');
      stack = { role, frames: [], last: -1 };
      if (this.pending?.label !== undefined) stack.label = this.pending.label;
      // A stack that no label announced may be of anything: after the first it is not worth many.
      if (this.stacks.length >= MAX_STACKS) return true;
      this.stacks.push(stack);
      this.current = stack;
      this.pending = undefined;
    }
    const before = stack.frames.at(-1);
    // Frames at one address with different names: the inner was inlined. With the same name it may be a recursion.
    if (
      before?.address !== undefined &&
      before.address === frame.address &&
      before.function !== frame.function &&
      before.inlined === undefined &&
      /[1-9a-f]/.test(frame.address.slice(2))
    ) {
      stack.frames[stack.frames.length - 1] = { ...before, inlined: true };
    }
    stack.last = number;
    if (stack.frames.length < MAX_FRAMES) stack.frames.push(frame);
    return true;
  }

  /** A frame whose number says nothing, at the end of the stack that is being read. False when there is none. */
  append(frame: Frame): boolean {
    const frames = this.current?.frames;
    if (frames !== undefined && frames.length < MAX_FRAMES) frames.push(frame);
    return frames !== undefined;
  }

  /** The last frame was only the beginning of one whose file has a line end in its name. */
  replaceLast(before: Frame, frame: Frame): boolean {
    const frames = this.current?.frames;
    if (frames?.at(-1) !== before || frame.line === undefined) return false;
    frames[frames.length - 1] = frame;
    return true;
  }

  /** Frames that come now belong to a stack of this role. */
  reads(role: StackRole): boolean {
    return (this.current?.role ?? this.pending?.role) === role;
  }

  /** Lines of two processes are mixed: of the stack that is being read only the first frame is sure. */
  distrust(): void {
    if (this.current && this.current.frames.length > 1) this.current.frames.length = 1;
    this.current = undefined;
  }

  finish(engine: string, pid: number | undefined): Finding {
    const stacks = this.stacks.every(hasFrames) ? this.stacks : this.stacks.filter(hasFrames);
    // Where it happened comes first; a global's place is read before nothing but the access' own stack.
    const firstAt = stacks.findIndex((stack) => stack.role === this.first && stack.frames[0]?.function !== undefined);
    if (firstAt > 0 && stacks[0]?.frames[0]?.function === undefined && stacks[0]?.frames[0]?.address === undefined) {
      stacks.unshift(...stacks.splice(firstAt, 1));
    }
    const finding: Mutable<Finding> = {
      engine,
      kind: this.kind,
      certainty: 'definite',
      message: this.message,
      ...this.facts,
      count: 1,
      ...(pid === undefined ? NOTHING : { pid }),
      stacks: stacks.map(stackOf),
    };
    if (this.details.length > 0) finding.details = this.details;
    return finding;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const NOTHING = {};

function hasFrames(stack: OpenStack): boolean {
  return stack.frames.length > 0;
}

function stackOf({ role, label, frames }: OpenStack): Stack {
  return label === undefined ? { role, frames } : { role, label, frames };
}

/** A report of one process, from its header to its SUMMARY. */
export class ReportInProgress {
  current: FindingInProgress | undefined;
  /** Leaks whose engine only the SUMMARY tells. */
  readonly waiting: FindingInProgress[] = [];
  /** What a leak's allocator told of the runtime. */
  sign: string | undefined;
  /** Its frames carry the same prefix as its header. */
  channelSure = false;
  /** Lines of another process are between its own: only what is labelled later can be told apart. */
  mixed = false;
  private readonly loose: string;
  /** Lines since the last one that was understood. */
  idle = 0;
  /** Its SUMMARY was read. Runtimes before LLVM 10 tell after a signal's SUMMARY where the thread was created. */
  ended: Summary | undefined;
  /** Where the line of a runtime error lies, for when no stack follows. */
  fallback: Frame | undefined;

  constructor(
    readonly engine: string,
    readonly pid: number | undefined,
    readonly leaks: boolean,
    readonly channel: string,
    /** The header was not seen, or could be a sentence about a report. */
    readonly doubtful: boolean,
  ) {
    this.loose = looseChannel(channel);
  }

  /** 2: surely this stream, 1: perhaps, 0: no. */
  match(channel: string): 0 | 1 | 2 {
    if (channel === this.channel) return 2;
    if (this.channelSure) return 0;
    return looseChannel(channel) === this.loose ? 2 : 1;
  }
}

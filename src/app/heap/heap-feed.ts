import { Emitter } from '../../base/emitter.js';
import { baseName } from '../../base/path.js';
import type { Milliseconds } from '../../base/units.js';
import { diffProfiles } from '../../insight/heap/diff.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import { type FromHeapPage, HEAP_PROTOCOL, type HeapMark, type HeapState, type ToHeapPage } from '../../protocol/heap.js';
import { OTHER_VERSION } from '../../protocol/other-version.js';
import type { FaultText } from '../fault-text.js';
import { heapNoteWords } from './heap-note-words.js';
import { systemFrames } from './system-frames.js';

export interface HeapFeedOptions {
  readonly post: (message: ToHeapPage) => void;
  /** What the page has kept. */
  readonly saved: () => unknown;
  readonly title: string;
  readonly description: string;
  readonly now: () => Milliseconds;
}

/** What the page shows: the profile, or what it has more than another one. */
export interface ShownProfile {
  readonly profile: HeapProfile;
  /** 1 for each frame that is not of the user's own code. */
  readonly system: Uint8Array;
}

/** The oldest one goes for a new one: a profile may be large. */
const MOST_MARKS = 8;

/**
 * What one page of a heap profile is told. While it is not seen, only the newest profile is kept for it; so it is while it draws the last one of a live
 * process, so that a large profile comes no faster than it can be drawn.
 */
export class HeapFeed {
  private readonly changed = new Emitter<void>();
  /** Another profile is shown. */
  readonly onDidChange = this.changed.on.bind(this.changed);
  private ready = false;
  private visible = true;
  private missed = false;
  /** The page was told a profile, and has not said yet that it has drawn it. */
  private isDrawing = false;
  /** There is a newer one than what is shown. */
  private isBehind = false;
  private state: HeapState = { kind: 'reading' };
  private newest: HeapProfile | undefined;
  private compared: { readonly before: HeapProfile; readonly name: string } | undefined;
  private marks: readonly (HeapMark & { readonly profile: HeapProfile })[] = [];
  private marked = 0;
  private current: ShownProfile | undefined;
  private annotated = false;

  constructor(private readonly options: HeapFeedOptions) {}

  /** False: it is not about what is shown. */
  receive(message: FromHeapPage): boolean {
    switch (message.kind) {
      case 'ready':
        this.begin(message.version);
        return true;
      case 'drawn':
        this.isDrawing = false;
        if (this.isBehind) this.work();
        return true;
      case 'mark':
        this.mark();
        return true;
      case 'compare-mark': {
        const mark = this.marks.find(({ id }) => id === message.mark);
        if (mark !== undefined) this.compareWith(mark.profile, `the mark of ${clockTime(mark.at)}`);
        return true;
      }
      case 'stop-comparing':
        this.compared = undefined;
        this.work();
        return true;
      default:
        return false;
    }
  }

  setState(state: HeapState): void {
    this.state = state;
    this.tellState();
    if (this.isBehind && state.kind !== 'live') this.work();
  }

  setProfile(profile: HeapProfile): void {
    this.newest = profile;
    this.isBehind = this.isDrawing && this.state.kind === 'live';
    if (!this.isBehind) this.work();
  }

  /** Shows what the profile has more than an older one. */
  compareWith(before: HeapProfile, name: string): void {
    this.compared = { before, name };
    this.work();
  }

  tellFault({ message, nextStep }: FaultText): void {
    this.options.post({ kind: 'fault', message, nextStep });
  }

  setAnnotated(isOn: boolean): void {
    this.annotated = isOn;
    if (this.ready) this.options.post({ kind: 'annotated', isOn });
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    if (visible && this.missed) this.tellProfile();
  }

  get shown(): ShownProfile | undefined {
    return this.current;
  }

  dispose(): void {
    this.ready = false;
    this.changed.dispose();
  }

  private begin(version: number): void {
    if (version !== HEAP_PROTOCOL) {
      this.options.post({ kind: 'fault', ...OTHER_VERSION });
      return;
    }
    this.ready = true;
    this.isDrawing = false;
    this.options.post({ kind: 'hello', version: HEAP_PROTOCOL, saved: this.options.saved() });
    this.tellState();
    this.options.post({ kind: 'annotated', isOn: this.annotated });
    this.tellMarks();
    this.tellProfile();
  }

  private mark(): void {
    if (this.newest === undefined) return;
    const mark = { id: ++this.marked, at: this.options.now(), profile: this.newest };
    this.marks = [...this.marks, mark].slice(-MOST_MARKS);
    this.tellMarks();
  }

  /** What is to be shown. */
  private work(): void {
    const { newest, compared } = this;
    this.isBehind = false;
    if (newest === undefined) return;
    const diff = compared && diffProfiles(compared.before, newest);
    if (compared !== undefined && diff === undefined) {
      this.compared = undefined;
      this.options.post({
        kind: 'fault',
        message: `${compared.name} and ${this.options.title} have no measure in common.`,
        nextStep: 'Compare two profiles of one tool, or of one kind.',
      });
    }
    const profile = diff ?? newest;
    this.current = { profile, system: systemFrames(profile) };
    this.changed.emit();
    this.tellProfile();
  }

  private tellProfile(): void {
    const { current, compared } = this;
    this.missed = this.ready && !this.visible;
    if (current === undefined || !this.ready || !this.visible) return;
    this.isDrawing = true;
    this.options.post({
      kind: 'profile',
      ...current,
      notes: [...new Set(current.profile.notes.map(heapNoteWords))],
      ...(compared === undefined ? {} : { compared: { before: compared.name, after: baseName(this.options.title) } }),
    });
  }

  private tellState(): void {
    const { title, description, post } = this.options;
    if (this.ready) post({ kind: 'state', state: this.state, title, description });
  }

  private tellMarks(): void {
    this.options.post({ kind: 'marks', marks: this.marks.map(({ id, at }) => ({ id, at })) });
  }
}

const clockTime = (at: Milliseconds): string =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

import type { Disposable } from '../../base/dispose.js';
import type { Fault } from '../../base/fault.js';
import type { Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import { diffMaps } from '../../insight/map/diff.js';
import { AMOUNT_WORDS, FIGURE_WORDS } from '../../insight/map/figure-words.js';
import { FLAG_WORDS } from '../../insight/map/flag-words.js';
import { RULES } from '../../insight/map/rules.js';
import { SEGMENT_WORDS } from '../../insight/map/segment-words.js';
import { mapTotals } from '../../insight/map/totals.js';
import type { MapOrigin, MapSnapshot } from '../../model/map-snapshot.js';
import { SEGMENTS } from '../../model/segment.js';
import { type FromMapPage, MAP_PROTOCOL, type MapState, type PageStrip, type ToMapPage } from '../../protocol/map.js';
import { OTHER_VERSION } from '../../protocol/other-version.js';
import { type FaultText, faultText } from '../fault-text.js';
import type { KeptMoment } from './map-moments.js';
import { mapNoteWords } from './map-note-words.js';
import type { MapSession, SessionState } from './map-session.js';

export interface MapFeedOptions {
  readonly post: (message: ToMapPage) => void;
  /** What the page last asked to be kept. */
  readonly saved: () => unknown;
  /** Whose map it is, before the first reading: the tab's title, and the command line or the file. */
  readonly title: string;
  readonly description: string;
  /** The pages of a region; absent where there is no process. */
  readonly readStrip?: (start: number, end: number, cells: number) => Promise<Result<PageStrip, Fault>>;
  /** Words for why there is no map, where who opened the page knows better ones. */
  readonly explain?: (fault: Fault) => FaultText | undefined;
}

/** What a Memory Map page is told of its session. Reads only while the page is seen. Knows nothing of the editor. */
export class MapFeed implements Disposable {
  private readonly listening: Disposable;
  private ready = false;
  /** undefined: always the newest. */
  private pinned: number | undefined;
  private pages: Extract<FromMapPage, { kind: 'pages' }> | undefined;
  /** When the pages of the process were marked, on this page's behalf. */
  private markedAt: Milliseconds | undefined;
  /** Rows that somebody came for. */
  private wanted: ((snapshot: MapSnapshot) => readonly number[]) | undefined;
  private comparing: { readonly before: number; readonly after: number | undefined } | undefined;

  constructor(
    private readonly session: MapSession,
    private readonly options: MapFeedOptions,
  ) {
    this.listening = session.onDidChange((what) => {
      if (!this.ready) return;
      if (what === 'state') this.tellState();
      else if (what === 'moments') this.tellMoments();
      else this.tellNewest();
    });
  }

  setVisible(visible: boolean): void {
    this.session.setVisible(visible);
  }

  /** True when the message was about what is shown; all others are the user's wishes. */
  receive(message: FromMapPage): boolean {
    switch (message.kind) {
      case 'ready':
        this.begin(message.version);
        return true;
      case 'refresh':
        this.session.refresh();
        return true;
      case 'live':
        this.session.live(message.everyMs);
        return true;
      case 'remove-moment':
        this.session.remove(message.moment);
        return true;
      case 'show-moment':
        this.pinned = message.moment === this.session.newest?.moment.id ? undefined : message.moment;
        this.holdShown();
        this.tellMap();
        return true;
      case 'compare':
        this.comparing = { before: message.before, after: message.after };
        this.holdShown();
        this.tellDiff();
        return true;
      case 'stop-comparing':
        this.comparing = undefined;
        this.holdShown();
        return true;
      case 'pages':
        this.pages = message;
        void this.tellStrip(message.start, message.end, message.cells);
        return true;
      default:
        return false;
    }
  }

  /** All pages of the process were marked: the page learns it, and those that it asked for last are told anew. */
  pagesMarked(at: Milliseconds): void {
    this.markedAt = at;
    this.tellMark();
    if (this.pages !== undefined) void this.tellStrip(this.pages.start, this.pages.end, this.pages.cells);
  }

  private tellMark(): void {
    if (this.ready && this.markedAt !== undefined) this.options.post({ kind: 'pages-marked', at: this.markedAt });
  }

  /** Chooses these rows of the newest map, as soon as there is one and the page is there. */
  show(rowsOf: (snapshot: MapSnapshot) => readonly number[]): void {
    this.wanted = rowsOf;
    this.tellWanted();
  }

  private tellWanted(): void {
    const { newest } = this.session;
    if (!this.ready || newest === undefined || this.wanted === undefined) return;
    const rows = this.wanted(newest.snapshot);
    this.wanted = undefined;
    if (rows.length > 0) this.options.post({ kind: 'show-rows', moment: newest.moment.id, rows });
  }

  /** What the page shows now. */
  get shown(): KeptMoment | undefined {
    return (this.pinned === undefined ? undefined : this.session.of(this.pinned)) ?? this.session.newest;
  }

  dispose(): void {
    this.listening.dispose();
    this.ready = false;
  }

  private begin(version: number): void {
    if (version !== MAP_PROTOCOL) {
      this.options.post({ kind: 'fault', ...OTHER_VERSION });
      return;
    }
    this.ready = true;
    this.options.post({
      kind: 'hello',
      version: MAP_PROTOCOL,
      saved: this.options.saved(),
      segments: SEGMENTS.map((id) => ({ id, ...SEGMENT_WORDS[id] })),
      rules: RULES.map(([id, text]) => ({ text, link: `#rule-${id}` })),
      amounts: AMOUNT_WORDS,
      figures: FIGURE_WORDS,
      flags: FLAG_WORDS,
    });
    this.tellState();
    this.tellMoments();
    this.tellLearned();
    this.tellDiff();
    this.tellMap();
    this.tellMark();
    this.tellWanted();
  }

  /** What goes with the map is told before it, so that the page never draws a map without it. */
  private tellNewest(): void {
    if (this.comparing !== undefined && this.comparing.after === undefined) this.tellDiff();
    this.tellLearned();
    if (this.pinned === undefined) this.tellMap();
    this.tellWanted();
  }

  /** A moment that is looked at is not forgotten while new ones come. */
  private holdShown(): void {
    const { pinned, comparing } = this;
    this.session.hold([pinned, comparing?.before, comparing?.after].filter((moment) => moment !== undefined));
  }

  private tellState(): void {
    const { title, description, post } = this.options;
    const origin = this.session.newest?.snapshot.origin;
    const state = this.stateOf(this.session.state);
    post({ kind: 'state', state, title, description: (origin && describe(origin)) ?? description });
  }

  private tellMoments(): void {
    const { session, pinned, comparing } = this;
    this.options.post({ kind: 'moments', moments: session.all });
    const isGone = (moment: number | undefined): boolean => moment !== undefined && session.of(moment) === undefined;
    // The user has removed it. The page sees by the moments that nothing is compared any more.
    if (isGone(comparing?.before) || isGone(comparing?.after)) this.comparing = undefined;
    if (isGone(pinned)) {
      this.pinned = undefined;
      this.tellMap();
    }
  }

  private tellMap(): void {
    const { shown } = this;
    if (shown === undefined) return;
    const { moment, snapshot } = shown;
    const notes = snapshot.notes.map(mapNoteWords);
    this.options.post({ kind: 'map', moment, snapshot, totals: mapTotals(snapshot), notes });
  }

  private tellDiff(): void {
    if (this.comparing === undefined) return;
    const before = this.session.of(this.comparing.before);
    const after = this.comparing.after === undefined ? this.session.newest : this.session.of(this.comparing.after);
    if (before === undefined || after === undefined) return;
    const diff = diffMaps(before.snapshot, after.snapshot);
    const follows = this.comparing.after === undefined;
    this.options.post({ kind: 'diff', before: before.moment, after: after.moment, follows, diff });
  }

  private tellLearned(): void {
    const { learner } = this.session;
    const growth = learner.growth();
    if (growth !== undefined) this.options.post({ kind: 'growth', growth });
    const findings = learner.findings().map((finding) => ({ ...finding, link: `#${finding.rule}` }));
    this.options.post({ kind: 'findings', findings, watchedMs: learner.watchedMs });
  }

  private stateOf(state: SessionState): MapState {
    if (state.kind !== 'failed') return state;
    const { message, nextStep } = this.options.explain?.(state.fault) ?? faultText(state.fault);
    return { kind: 'failed', message, nextStep };
  }

  private async tellStrip(start: number, end: number, cells: number): Promise<void> {
    const { readStrip, post } = this.options;
    if (readStrip === undefined) {
      post({ kind: 'no-strip', start, message: 'A file does not tell of single pages.' });
      return;
    }
    const strip = await readStrip(start, end, cells);
    if (!this.ready) return;
    if (strip.ok) post({ kind: 'strip', strip: strip.value });
    else post({ kind: 'no-strip', start, message: noStripWords(strip.error) });
  }
}

/** Why the pages of a region are not told. */
function noStripWords(fault: Fault): string {
  switch (fault.code) {
    case 'permission':
      return 'Single pages may not be read: this needs the same user, or root.';
    case 'unreadable':
      return `The pages can’t be shown: ${fault.detail}.`;
    case 'not-found':
      return 'The process has ended: its pages are not told any more.';
    default:
      return faultText(fault).message;
  }
}

const describe = (origin: MapOrigin): string | undefined =>
  origin.kind === 'process' ? (origin.commandLine ?? origin.executable ?? origin.command) : undefined;

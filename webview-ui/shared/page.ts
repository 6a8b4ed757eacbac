import { OTHER_VERSION } from '../../src/protocol/other-version.js';
import { type ChartQuery, type FromPage, type ToPage, TRENDS_PROTOCOL } from '../../src/protocol/trends.js';
import { FaultLine } from './fault-line.js';
import type { Host } from './host.js';
import { Silence } from './silence.js';

const ASK_EVERY = 80;
const LISTEN_EVERY = 1000;

/** The frame of a page: what every page does with the host. */
export class PageFrame {
  private readonly faults = new FaultLine();
  readonly fault = this.faults.element;
  private queryId = 0;
  private query: Omit<ChartQuery, 'id'> | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;
  private timer: number | undefined;
  private readonly silence = new Silence();

  constructor(
    private readonly host: Host,
    private readonly take: (message: ToPage) => void,
  ) {
    host.onMessage((message) => this.receive(message));
    this.listen();
    // A page that is not seen asks for nothing; when it is seen again it asks for what it had asked.
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.send({ kind: 'pause' });
      else if (this.query) this.ask(this.query);
    });
  }

  send(message: FromPage): void {
    this.host.send(message);
  }

  ready(): void {
    this.send({ kind: 'ready', version: TRENDS_PROTOCOL });
  }

  /** At once; while the user zooms or moves, not with every step. */
  ask(query: Omit<ChartQuery, 'id'>): void {
    this.query = query;
    if (document.hidden || this.timer !== undefined) return;
    const wait = this.askedAt + ASK_EVERY - performance.now();
    const send = () => {
      this.timer = undefined;
      this.askedAt = performance.now();
      if (this.query && !document.hidden) this.send({ kind: 'query', query: { id: ++this.queryId, ...this.query } });
    };
    if (wait <= 0) send();
    else this.timer = window.setTimeout(send, wait);
  }

  isAsked(query: Omit<ChartQuery, 'id'>): boolean {
    return this.query !== undefined && JSON.stringify(this.query) === JSON.stringify(query);
  }

  /** The query that is on the way, for exports. */
  get asked(): ChartQuery | undefined {
    return this.query && { id: this.queryId, ...this.query };
  }

  private receive(message: ToPage): void {
    if (message.kind === 'hello' && message.version !== TRENDS_PROTOCOL) {
      this.faults.show(OTHER_VERSION.message, OTHER_VERSION.nextStep);
      return;
    }
    for (const one of this.silence.hear(message, Date.now())) {
      if (one.kind === 'fault') this.faults.show(one.message, one.nextStep);
      else if (one.kind !== 'buckets' || one.buckets.query === this.queryId) this.take(one);
    }
  }

  private listen(): void {
    let before = Date.now();
    window.setInterval(() => {
      const now = Date.now();
      // Of a computer that slept, the timer comes before the messages.
      if (document.hidden || now - before > 2 * LISTEN_EVERY) this.silence.rest(now);
      before = now;
      const told = this.silence.look(now);
      if (told) this.take(told);
    }, LISTEN_EVERY);
  }
}

/** Runs at most once a frame, and not at all while the page is not seen. */
export function onceAFrame(work: () => void): () => void {
  let asked = false;
  let missed = false;
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && missed) run();
  });
  const run = () => {
    missed = document.hidden;
    if (asked || document.hidden) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
  return run;
}

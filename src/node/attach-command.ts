import { resolve } from 'node:path';
import { Attach, type LiveLook, type WayOffer } from '../app/live/attach.js';
import { type Probed, probeProcess } from '../app/live/probe-process.js';
import { liveRatesWords } from '../app/live/rates-words.js';
import type { Log, Target } from '../app/ports.js';
import { CancelSource } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { liveWaysJson } from '../export/live-json.js';
import type { LiveRates } from '../model/live.js';
import type { NamedTarget } from '../model/target-config.js';
import type { AttachLine } from './attach-options.js';
import { writeLook } from './attach-output.js';
import { waysText, whoIs } from './attach-text.js';
import { CLEAN, FAILED, FOUND } from './exit-status.js';
import { leave } from './leave.js';
import { canRewrite, LiveLine } from './live-line.js';
import { LocalTarget } from './local-target.js';
import { nodeClock } from './node-clock.js';
import { complain, say, standardErrorLog } from './standard-error.js';
import { lineSymbolizer } from './symbol-options.js';
import { readTargetOption } from './target-option.js';
import { fileOutput, standardOutput } from './text-output.js';

export interface AttachCommandParts {
  readonly version: string;
  /** The directory of the helpers' sources. */
  readonly media: (name: string) => string;
  readonly openTarget: (target: NamedTarget, log: Log) => Target & Disposable;
}

/** memlens attach. The result is the exit status. */
export async function runAttach(line: AttachLine, parts: AttachCommandParts): Promise<number> {
  const log = standardErrorLog(line.verbose);
  const target = parts.openTarget(readTargetOption(line.target), log);
  const stop = new CancelSource();
  const cancel = new CancelSource();
  // The first one shows what was seen until then, the second one leaves: in order all the same, for the process must go on. The third does not wait.
  const signal = (): void => {
    if (!stop.requested) stop.cancel();
    else if (cancel.requested) leave(FAILED);
    else {
      say('memlens: leaving, as soon as the process is as it was');
      cancel.cancel();
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, signal);
  try {
    const done = await attach(line, parts, { target, log, stop, cancel });
    if (done.ok) return done.value;
    if (done.error.code !== 'cancelled') complain(done.error);
    return FAILED;
  } finally {
    for (const name of signals) process.off(name, signal);
    target.dispose();
  }
}

interface Session {
  readonly target: Target;
  readonly log: Log;
  readonly stop: CancelSource;
  readonly cancel: CancelSource;
}

async function attach(line: AttachLine, parts: AttachCommandParts, session: Session): Promise<Result<number, Fault>> {
  const { target, log, stop, cancel } = session;
  // Until it is attached there is nothing to show: the first signal leaves.
  const leaving = stop.onRequest(() => cancel.cancel());
  const probed = await probeProcess(target, line.pid, cancel);
  if (!probed.ok) return probed;
  const host = new LocalTarget();
  const symbols = lineSymbolizer(line.symbols, line.verbose);
  const use = new Attach({ host, clock: nodeClock, log, media: parts.media, symbols });
  say(`memlens: ${whoIs(probed.value.process, line.target)}: measuring how busy it is`);
  const measured = await use.measure(target, probed.value, cancel);
  if (!measured.ok) return measured;
  const rates = measured.value;
  const offers = use.ways(probed.value, rates);
  if (line.list) return list(line, parts, probed.value, offers, rates);
  const chosen = choose(line, offers);
  if (!chosen.ok) return chosen;
  const { way, price, obstacles } = chosen.value;
  say(`memlens: ${liveRatesWords(rates)}`);
  for (const words of line.verbose ? rates.words : []) say(`memlens: ${words}`);
  say(`memlens: ${way.title}. ${price.words}`);
  for (const { reason, remedy } of obstacles) say(`memlens: ${`${reason} ${remedy}`.trim()}`);
  if (price.isDangerous && !line.yes) {
    say('memlens: It could stall the process. Nothing was done; with --yes it is.');
    return ok(FAILED);
  }
  leaving.dispose();
  const told = new Progress(line);
  const look = await use.run(way, probed.value, {
    target,
    durationMs: line.durationMs,
    slowdownLimit: line.limit,
    rates,
    stop,
    cancel,
    onNews: (news) => told.news(news.phase, news.words),
    workspaceFolders: [process.cwd()],
    sourcePathMap: line.pathMap,
    ...(line.symbols.sysroot === undefined ? {} : { sysroot: line.symbols.sysroot }),
  });
  told.end();
  if (!look.ok) return look;
  const written = await writeLook(line, look.value, { version: parts.version, price, rates });
  return written.ok ? ok(statusOf(look.value)) : written;
}

/** A way that could not do its work has not found that there is nothing. */
const statusOf = ({ report }: LiveLook): number =>
  report.findings.length > 0 ? FOUND : report.notes.some(({ severity }) => severity === 'error') ? FAILED : CLEAN;

async function list(
  line: AttachLine,
  { version }: AttachCommandParts,
  { process }: Probed,
  offers: readonly WayOffer[],
  rates: LiveRates,
): Promise<Result<number, Fault>> {
  const ways = offers.map(({ way, price, obstacles }) => ({ id: way.id, title: way.title, gives: way.gives, price, obstacles }));
  const text =
    line.format === 'json'
      ? liveWaysJson(process, ways, { version, target: line.target, rates })
      : waysText(offers, process, line.target, rates);
  const opened = line.output === undefined ? ok(standardOutput()) : await fileOutput(resolve(line.output));
  if (!opened.ok) return opened;
  opened.value.write(text);
  const closed = await opened.value.close();
  return closed.ok ? ok(CLEAN) : closed;
}

/** These tell which stacks make it grow. */
const FINDS_GROWTH: ReadonlySet<string> = new Set(['perf-faults', 'own-profiler', 'mappings', 'heaptrack', 'memleak']);

function choose({ engine }: AttachLine, offers: readonly WayOffer[]): Result<WayOffer, Fault> {
  const isBlocked = ({ obstacles }: WayOffer): boolean => obstacles.some(({ blocking }) => blocking);
  const fitting = offers.filter(({ way }) => (engine === undefined ? FINDS_GROWTH.has(way.id) : way.id === engine));
  const usable = fitting.find((offer) => !isBlocked(offer));
  if (usable !== undefined) return ok(usable);
  const [first] = fitting;
  const reasons = fitting.flatMap(({ way, obstacles }) =>
    obstacles.filter(({ blocking }) => blocking).map(({ reason }) => `${engine === undefined ? `${way.id}: ` : ''}${reason}`),
  );
  return err({
    code: 'engine-unfit',
    engine: engine === undefined ? 'No way' : (first?.way.title ?? engine),
    reason: reasons.join(' ') || 'this version of MemLens has it not.',
    remedy: first?.obstacles.find(({ blocking }) => blocking)?.remedy ?? '',
  });
}

const PHASES = {
  preparing: 'preparing',
  waiting: 'waiting for a moment at which it can be done safely',
  attached: 'looking',
  reading: 'reading what was seen',
} as const;

/** What goes on, on standard error: a line that counts down in a terminal, else a line for each phase. */
class Progress {
  private readonly line = canRewrite(process.stderr) ? new LiveLine(process.stderr) : undefined;
  private timer: NodeJS.Timeout | undefined;
  private text = '';
  private begun = 0;

  constructor(private readonly options: AttachLine) {}

  news(phase: keyof typeof PHASES, words: string | undefined): void {
    const text = words === undefined || phase !== 'attached' ? (words ?? PHASES[phase]) : `${PHASES.attached}: ${words}`;
    if (text === this.text) return;
    this.text = text;
    const isFirst = phase === 'attached' && this.begun === 0;
    if (isFirst) this.begun = performance.now();
    if (phase === 'reading') this.begun = Number.POSITIVE_INFINITY;
    if (this.line === undefined) {
      const time = isFirst ? ` (${this.options.durationMs / 1000} s; SIGINT ends it and shows what was seen)` : '';
      say(`memlens: ${text}${time}`);
      return;
    }
    this.show();
    this.timer ??= setInterval(() => this.show(), 1000);
  }

  end(): void {
    clearInterval(this.timer);
    this.line?.end();
  }

  private show(): void {
    const left = Math.max(0, Math.round((this.options.durationMs - (performance.now() - this.begun)) / 1000));
    const time = this.begun > 0 && Number.isFinite(this.begun) ? `, ${left} s left; Ctrl-C ends it and shows what was seen` : '';
    this.line?.replace(`memlens: ${this.text}${time}`.slice(0, this.line.width));
  }
}

import { type Cancel, CancelSource } from '../../base/cancel.js';
import { DisposableStore } from '../../base/dispose.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import { utf8Text } from '../../base/utf8.js';
import type { Obstacle } from '../../engines/engine.js';
import { growingFindings, type SizeSeries } from '../../insight/live/growing.js';
import type { Note } from '../../model/finding.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import type { LiveOutcome, LivePrice, LiveRates } from '../../model/live.js';
import type { MapSnapshot } from '../../model/map-snapshot.js';
import type { Report } from '../../model/report.js';
import type { PathMapping } from '../../model/run-config.js';
import { systemFrames } from '../heap/system-frames.js';
import { sameProcess } from '../map/same-process.js';
import { takeMap } from '../map/take-map.js';
import type { Clock, Log, Target } from '../ports.js';
import type { SymbolOrigin } from '../symbols/symbol-origin.js';
import type { Symbolizer } from '../symbols/symbolizer.js';
import { countCalls } from './count-calls.js';
import { type Slowness, slownessOf } from './guard.js';
import { liveReport } from './live-report.js';
import type { LiveNews, LiveSession, LiveWay } from './live-way.js';
import { measureAllocator } from './measure-allocator.js';
import { measureRates } from './measure-rates.js';
import { LiveSpace, NamedProfiles, nameFrames } from './name-frames.js';
import type { Probed } from './probe-process.js';
import { type Pulse, takePulse } from './pulse.js';
import { keepSession } from './session-keeper.js';
import { liveWays } from './ways.js';

export interface AttachPorts {
  /** This machine: its sources and debug information. */
  readonly host: Target;
  readonly clock: Clock;
  readonly log: Log;
  /** Absolute path of a file of media/ on this machine. */
  readonly media: (name: string) => string;
  /** Absent: frames keep what the tools themselves say. */
  readonly symbols?: Symbolizer;
}

/** A way, for one process. */
export interface WayOffer {
  readonly way: LiveWay;
  readonly obstacles: readonly Obstacle[];
  readonly price: LivePrice;
}

/** How a process is looked into. */
export interface AttachOptions {
  /** The machine of the process. */
  readonly target: Target;
  readonly durationMs: Milliseconds;
  /** It ends when the process takes so many times as long as before; 0: never. */
  readonly slowdownLimit: number;
  /** Measured before. */
  readonly rates?: LiveRates;
  /** Detach now; what was seen until then is wanted. */
  readonly stop: Cancel;
  /** Detach now; nothing is wanted any more. */
  readonly cancel: Cancel;
  readonly onNews?: (news: Omit<LiveNews, 'profile'>) => void;
  /** What was seen until now, with names; of ways that can tell it before their end. */
  readonly onProfile?: (profile: HeapProfile) => void;
  readonly workspaceFolders: readonly string[];
  readonly sourcePathMap: readonly PathMapping[];
  /** A folder of this machine that holds the files of the target. */
  readonly sysroot?: string;
}

/** What came of it, and where it is in the sources. */
export interface LiveLook {
  readonly outcome: LiveOutcome;
  readonly report: Report;
}

/** Looks into processes that run already. */
export class Attach {
  constructor(private readonly ports: AttachPorts) {}

  /** All ways, the gentlest first, with what stands in their way on this process and what they are expected to cost it. */
  ways({ process, machine }: Probed, rates?: LiveRates): readonly WayOffer[] {
    return liveWays.map((way) => ({
      way,
      obstacles: way.obstacles(process, machine),
      price: way.price(process, rates),
    }));
  }

  /** How busy it is, in two seconds, from outside. Fault `not-found`: it ended meanwhile. */
  async measure(target: Target, probed: Probed, cancel: Cancel): Promise<Result<LiveRates, Fault>> {
    const { pid } = probed.process;
    const taken = await takePulse(target, probed.process);
    if (!taken.ok) return taken;
    const pulse = taken.value;
    const [rates, counted, sampled] = await Promise.all([
      measureRates(pulse, this.ports.clock, cancel),
      countCalls(target, probed, cancel),
      measureAllocator({ ...this.ports, target }, probed, cancel),
    ]);
    await pulse.end();
    if (cancel.requested) return err({ code: 'cancelled' });
    if (rates === undefined) return err({ code: 'not-found', path: `/proc/${pid}`, what: 'process' });
    return ok({ ...rates, ...counted, ...sampled, words: [...rates.words, ...counted.words, ...sampled.words] });
  }

  private async mediaText(name: string): Promise<Result<string, Fault>> {
    const { host, media } = this.ports;
    const read = await host.readBytes(media(name));
    return read.ok ? ok(utf8Text(read.value)) : read;
  }

  private named(outcome: LiveOutcome, origin: SymbolOrigin, cancel: Cancel): Promise<LiveOutcome> {
    const { symbols } = this.ports;
    return symbols === undefined ? Promise.resolve(outcome) : nameFrames(symbols, outcome, origin, cancel);
  }

  /** What the addresses are that it has mapped, without their amounts; undefined: it has ended, or its map may not be read. */
  private async mapAfter(target: Target, { process }: Probed, cancel: Cancel): Promise<MapSnapshot | undefined> {
    const { pid, startTicks } = process;
    // When it was taken nobody is told.
    const options = { clock: this.ports.clock, epochMs: () => 0, startTicks, form: 'maps' } as const;
    const taken = await takeMap(target, pid, options, cancel);
    return taken.ok ? taken.value : undefined;
  }

  private async namedProfile(profile: HeapProfile, origin: SymbolOrigin, cancel: Cancel): Promise<HeapProfile> {
    const { symbols } = this.ports;
    return symbols === undefined ? profile : (await symbols.symbolizeProfile(profile, origin, cancel)).profile;
  }

  /** Looks into it by one way. The process goes on, or ends, as it would have. */
  async run(way: LiveWay, probed: Probed, options: AttachOptions): Promise<Result<LiveLook, Fault>> {
    const { target, cancel } = options;
    const { clock, log } = this.ports;
    const obstacle = way.obstacles(probed.process, probed.machine).find(({ blocking }) => blocking);
    if (obstacle !== undefined) {
      return err({ code: 'engine-unfit', engine: way.title, reason: obstacle.reason, remedy: obstacle.remedy });
    }
    const same = await sameProcess(target, probed.process);
    if (!same.ok) return same;
    const work = await target.makeTemporaryDirectory('memlens-live-');
    if (!work.ok) return work;
    const keeper = await keepSession(target, clock, work.value);
    if (!keeper.ok) {
      await target.remove(work.value);
      return keeper;
    }
    const stop = new CancelSource();
    const store = new DisposableStore();
    store.add(options.stop.onRequest(() => stop.cancel()));
    let pulse: Pulse | undefined;
    let profiles: NamedProfiles | undefined;
    try {
      const taken = await takePulse(target, probed.process);
      if (!taken.ok) return taken;
      pulse = taken.value;
      const rates = options.rates ?? (await measureRates(pulse, clock, cancel));
      if (cancel.requested) return err({ code: 'cancelled' });
      const guard = guardOf(pulse, rates, options.slowdownLimit, stop);
      const space = new LiveSpace(target, probed.process.pid, cancel);
      await space.look();
      const attached: { at?: Milliseconds } = {};
      const { onNews, onProfile } = options;
      profiles =
        onProfile && new NamedProfiles((seen) => this.namedProfile(seen, space.origin(options.sysroot), cancel), onProfile);
      const session: LiveSession = {
        target,
        clock,
        log,
        helpers: { media: this.ports.media, text: (name) => this.mediaText(name), cache: probed.cache ?? work.value },
        process: probed.process,
        machine: probed.machine,
        ...(rates === undefined ? {} : { rates }),
        work: work.value,
        durationMs: options.durationMs,
        stop,
        cancel,
        news: ({ profile, ...news }) => {
          if (news.phase === 'attached') {
            guard.begin();
            attached.at ??= taken.value.beats.at(-1)?.at ?? 0;
          }
          onNews?.(news);
          if (profile !== undefined) profiles?.hear(profile);
        },
      };
      const outcome = await way.run(session);
      if (!outcome.ok) return outcome;
      if (options.cancel.requested) return err({ code: 'cancelled' });
      const endedAt = clock.now();
      const map = outcome.value.profile?.regions === undefined ? undefined : await this.mapAfter(target, probed, cancel);
      await profiles?.end();
      await space.look();
      const named = await this.named(outcome.value, space.origin(options.sysroot), cancel);
      const told = { ...withEnd(withGrowth(named, sizeSince(pulse, attached.at)), guard, options), endedAt };
      return ok({ outcome: told, report: await liveReport(this.ports.host, way, told, map, options) });
    } finally {
      store.dispose();
      await Promise.all([profiles?.end(), pulse?.end(), keeper.value.end()]);
    }
  }
}

function sizeSince({ beats, pageSize }: Pulse, from: Milliseconds | undefined): SizeSeries | undefined {
  if (from === undefined) return undefined;
  const since = beats.filter(({ at }) => at >= from);
  return {
    at: since.map(({ at }) => at - from),
    rss: since.map(({ rssPages }) => rssPages * pageSize),
    vss: since.map(({ vss }) => vss),
  };
}

/** With the lines that grow, where the way itself has no findings. */
function withGrowth(outcome: LiveOutcome, size: SizeSeries | undefined): LiveOutcome {
  const { profile, way } = outcome;
  if (profile === undefined || outcome.findings.length > 0) return outcome;
  const { findings, notes } = growingFindings(profile, systemFrames(profile), way, size);
  return { ...outcome, findings, notes: [...outcome.notes, ...notes] };
}

interface Guard {
  begin(): void;
  /** The slowness that it ended the way for. */
  readonly tooSlow: Slowness | undefined;
  readonly hasProcessEnded: boolean;
}

/** Ends the way when the process takes `limit` times as long as before. What comes before it is attached does not count. */
function guardOf(pulse: Pulse, before: LiveRates | undefined, limit: number, stop: CancelSource): Guard {
  let from: number | undefined;
  const guard = {
    begin: () => {
      from ??= pulse.beats.at(-1)?.at ?? 0;
    },
    tooSlow: undefined as Slowness | undefined,
    hasProcessEnded: false,
  };
  pulse.onBeat = () => {
    guard.hasProcessEnded = pulse.isOver;
    if (from === undefined || limit <= 0 || stop.requested) return;
    const since = from;
    const slowness = slownessOf(
      pulse.beats.filter((beat) => beat.at >= since),
      before,
    );
    if (slowness === undefined || slowness.times < limit) return;
    guard.tooSlow = slowness;
    stop.cancel();
  };
  return guard;
}

function withEnd(outcome: LiveOutcome, guard: Guard, { stop, slowdownLimit }: AttachOptions): LiveOutcome {
  const { tooSlow } = guard;
  if (tooSlow !== undefined) {
    const share = `${Math.round(tooSlow.traced * 100)} % of its time it stood still`;
    const kernel =
      tooSlow.system === undefined
        ? ''
        : `, and the kernel's share of its processor time went from ${Math.round(tooSlow.system.before * 100)} to ${Math.round(tooSlow.system.now * 100)} %`;
    const note: Note = {
      severity: 'warning',
      code: 'too-slow',
      text: `Ended before its time: the process took ${tooSlow.times.toFixed(1)} times as long as before, and the limit is ${slowdownLimit} (${share}${kernel}).`,
    };
    return { ...outcome, ended: 'too-slow', notes: [note, ...outcome.notes] };
  }
  if (outcome.ended !== undefined) return outcome;
  if (guard.hasProcessEnded) return { ...outcome, ended: 'exited' };
  return stop.requested ? { ...outcome, ended: 'user' } : outcome;
}

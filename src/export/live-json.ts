import type { LiveOutcome, LivePrice, LiveProcess, LiveRates } from '../model/live.js';
import type { Report } from '../model/report.js';
import { heapJson } from './heap-json.js';
import { toJson } from './json.js';

/** Goes up when a reader of the old schema would be misled. */
const VERSION = 1;

/** A way into a process, for programs. */
export interface LiveOfferFacts {
  readonly id: string;
  readonly title: string;
  readonly gives: string;
  readonly price: LivePrice;
  readonly obstacles: readonly {
    readonly blocking: boolean;
    readonly code: string;
    readonly reason: string;
    readonly remedy: string;
  }[];
}

export interface LiveLookFacts {
  readonly version: string;
  readonly target: string;
  readonly rates: LiveRates | undefined;
}

const head = (kind: string, { version, target, rates }: LiveLookFacts, process: LiveProcess): object => ({
  format: kind,
  version: VERSION,
  tool: { name: 'memlens', version },
  target,
  process: processJson(process),
  rates: rates === undefined ? null : ratesJson(rates),
});

function processJson({
  pid,
  startTicks,
  command,
  state,
  executable,
  isDeleted,
  threads,
  libc,
  allocator,
  ...more
}: LiveProcess): object {
  const { uid, machine, sanitizer, isInContainer } = more;
  return {
    pid,
    startTicks,
    command,
    state,
    uid: uid ?? null,
    threads,
    executable: executable ?? null,
    executableDeleted: isDeleted,
    machine: machine ?? null,
    libc,
    allocator,
    sanitizer: sanitizer ?? null,
    inContainer: isInContainer,
  };
}

const ratesJson = ({ overMs, minorFaults, cpu, systemCpu, rssGrowth, mappingCalls, allocator, words }: LiveRates): object => ({
  overMs,
  minorFaultsPerSecond: minorFaults,
  processors: cpu,
  processorsInKernel: systemCpu,
  rssBytesPerSecond: rssGrowth,
  mappingCallsPerSecond: mappingCalls ?? null,
  allocatorShare: allocator ?? null,
  words,
});

const priceJson = ({ slowdown, stopMs, isDangerous, words }: LivePrice): object => ({
  slowdown: slowdown ?? null,
  stopMs: stopMs ?? null,
  dangerous: isDangerous,
  words,
});

/** All ways into a process: docs/attach-schema.json. */
export function liveWaysJson(process: LiveProcess, ways: readonly LiveOfferFacts[], facts: LiveLookFacts): string {
  const told = {
    ...head('memlens-live-ways', facts, process),
    ways: ways.map(({ id, title, gives, price, obstacles }) => ({
      id,
      title,
      gives,
      usable: !obstacles.some(({ blocking }) => blocking),
      price: priceJson(price),
      obstacles: obstacles.map(({ blocking, code, reason, remedy }) => ({ blocking, code, reason, remedy })),
    })),
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}

/** What came of looking into a process: docs/attach-schema.json. Its profile is as heapJson writes one. */
export function* liveLookJson(outcome: LiveOutcome, report: Report, price: LivePrice, facts: LiveLookFacts): Generator<string> {
  const { process, way, overMs, ended, malloc, profile } = outcome;
  const told = {
    ...head('memlens-live-look', facts, process),
    way,
    price: priceJson(price),
    overMs: Math.round(overMs),
    ended: ended ?? null,
    malloc: malloc ?? null,
    report: toJson([{ source: null, report }], { version: facts.version }),
  };
  yield `${JSON.stringify(told, null, 2).slice(0, -2)},\n  "profile": `;
  if (profile === undefined) yield 'null\n';
  else yield* heapJson(profile, `memlens ${facts.version}`);
  yield '}\n';
}

import { formatBytes, formatDuration, HOUR, MINUTE, SECOND } from '../../base/units.js';
import {
  type GrowthLimit,
  type GrowthMeasure,
  isGrowth,
  type NextStep,
  VERDICT_NAMES,
  type Verdict,
  type VerdictReason,
  type VerdictState,
} from '../../model/verdict.js';

interface VerdictWords {
  /** `Leak: USS grows by 14.1 MiB ± 0.3 MiB an hour over 1 h 40 min`; with a subject it begins with that. */
  readonly title: string;
  readonly reasons: readonly string[];
  readonly steps: readonly NextStep[];
}

const NAMES: Readonly<Record<GrowthMeasure, string>> = {
  uss: 'USS',
  rss: 'RSS',
  anonymous: 'private anonymous memory',
  heap: 'the heap',
  file: 'file-backed memory',
  shmem: 'shared memory',
  swap: 'swapped memory',
  vmas: 'the number of mappings',
  threads: 'the number of threads',
  fds: 'the number of file descriptors',
};

const LIMITS: Readonly<Record<GrowthLimit['kind'], string>> = {
  cgroup: 'memory limit of the cgroup',
  ram: 'end of the available memory',
  rlimit: 'resource limit',
  'vma-count': 'limit of mappings (vm.max_map_count)',
  threads: 'limit of threads',
  fds: 'limit of file descriptors',
};

/** `subject`: what is judged, `web-server (1234)`. Plain text. */
export function verdictWords(verdict: Verdict, subject?: string): VerdictWords {
  const title = titleOf(verdict);
  const reasons = verdict.reasons.map((reason) => sentenceOf(reason, verdict));
  const limit = verdict.limit === undefined ? [] : [limitSentence(verdict, verdict.limit)];
  const more =
    verdict.moreMs !== undefined && (verdict.state === 'growing' || verdict.state === 'suspected-leak')
      ? [`A firmer verdict needs about ${formatDuration(verdict.moreMs)} more.`]
      : [];
  return {
    title: subject === undefined ? title : `${subject}: ${title}`,
    reasons: [...limit, ...reasons, ...more],
    steps: stepsOf(verdict),
  };
}

/** What it says beside what was found: `USS grows by 14.1 MiB ± 0.3 MiB an hour over 31 min (leak)`. undefined: nothing of memory, or nothing yet. */
export function verdictEvidence(verdict: Verdict): string | undefined {
  if (verdict.state === 'undecided' || verdict.unit !== 'bytes') return undefined;
  const words = titleOf(verdict).replace(/^[^:]*: /, '');
  const against = isGrowth(verdict.state) ? '' : ', which speaks against growth that lasts';
  return `${words} (${VERDICT_NAMES[verdict.state]})${against}`;
}

function titleOf(verdict: Verdict): string {
  const name = NAMES[verdict.measure];
  const over = `over ${formatDuration(verdict.windowMs)}`;
  switch (verdict.state) {
    case 'leak':
      return `Leak: ${name} grows by ${rateOf(verdict)} an hour ${over}`;
    case 'suspected-leak':
      return `Suspected leak: ${name} grows by ${rateOf(verdict)} an hour ${over}`;
    case 'growing':
      return `Growing: ${name} grows by ${rateOf(verdict)} an hour ${over}, too early to call it a leak`;
    case 'not-growing':
      return `Not growing: no lasting growth of ${name} ${over}`;
    case 'levelled-off':
      return `Levelled off: ${name} grew and then stopped growing, ${over}`;
    case 'saw-tooth':
      return `Saw-tooth: ${name} rises and falls back to the same floor, ${over}`;
    case 'daily-rhythm':
      return `Rhythm: ${name} rises and falls with the time of day, ${over}`;
    case 'undecided':
      return `No verdict yet on ${name}: about ${formatDuration(verdict.moreMs ?? MINUTE)} more needed`;
  }
}

/** `14.1 MiB ± 0.3 MiB`; counts with one decimal. */
function rateOf(verdict: Verdict): string {
  const { ratePerHour = 0, errorPerHour } = verdict;
  const rate = amount(ratePerHour, verdict);
  if (errorPerHour === undefined) return rate;
  // `60 ± 5.3 threads`, but `14.1 MiB ± 300 KiB`.
  return verdict.unit === 'bytes'
    ? `${rate} ± ${amount(errorPerHour, verdict)}`
    : `${plain(ratePerHour)} ± ${amount(errorPerHour, verdict)}`;
}

function amount(value: number, { unit, measure }: Pick<Verdict, 'unit' | 'measure'>): string {
  if (unit === 'bytes') return value < 0 ? `-${formatBytes(Math.round(-value))}` : formatBytes(Math.round(value));
  const noun = measure === 'vmas' ? 'mappings' : measure === 'threads' ? 'threads' : 'descriptors';
  return `${plain(value)} ${noun}`;
}

const plain = (value: number): string =>
  (Math.abs(value) < 10 ? Number(value.toFixed(1)) : Math.round(value)).toLocaleString('en-US');

function limitSentence(verdict: Verdict, { kind, value, reachedInMs, earliestMs, latestMs }: GrowthLimit): string {
  const range =
    latestMs === undefined
      ? `not before ${formatDuration(earliestMs)}`
      : `between ${formatDuration(earliestMs)} and ${formatDuration(latestMs)}`;
  return `At this rate the ${LIMITS[kind]} (${amount(value, verdict)}) is reached in about ${formatDuration(reachedInMs)} (${range}).`;
}

/** A figure that a verdict of another version may lack reads as 0. */
function sentenceOf({ code, figures }: VerdictReason, verdict: Verdict): string {
  const figure = (name: string): number => figures[name] ?? 0;
  const size = (name: string): string => amount(figure(name), verdict);
  const time = (name: string): string => formatDuration(figure(name));
  switch (code) {
    case 'too-short':
      return tooShortSentence(figure('windowMs'), figure('neededMs'));
    case 'too-few-samples':
      return `Only ${figure('samples')} values were measured; at least ${figure('needed')} are needed.`;
    case 'gaps':
      return `For ${time('missingMs')} of ${time('windowMs')} nothing was measured.`;
    case 'warm-up-skipped':
      return `The first ${time('skippedMs')} are left out: they may be start-up.`;
    case 'trend-significant':
      return `The floor of the series rose by ${size('growth')} in ${time('windowMs')}, and lies within ${size('scatter')} of a line (Mann-Kendall Z = ${figure('kendall').toFixed(1)}).`;
    case 'trend-not-significant':
      return `The floor of the series shows no lasting rise (${size('ratePerHour')} an hour, Mann-Kendall Z = ${figure('kendall').toFixed(1)}).`;
    case 'effect-small':
      return `The rise of ${size('growth')} is small beside what the series varies by.`;
    case 'slowing-down':
      return `It is slowing down: ${size('firstPerHour')} an hour in the first half, ${size('lastPerHour')} an hour in the second.`;
    case 'steady':
      return `The growth is steady: ${size('firstPerHour')} an hour in the first half, ${size('lastPerHour')} an hour in the second.`;
    case 'beneath-warm-up':
      return `It is slowing down as a warm-up does (${size('firstPerHour')} an hour in the first half, ${size('lastPerHour')} an hour in the second), but no warm-up without a lasting ${size('ratePerHour')} an hour beneath it follows the series.`;
    case 'steps-carry-growth':
      return `Changes of level carry the growth: ${figure('rises')} up (${size('up')}), ${figure('falls')} down (${size('down')}).`;
    case 'falls-back':
      return `It fell back ${figure('falls')} times, by ${size('down')} in all.`;
    case 'floor-rises':
      return `It fell back ${figure('falls')} times, but to a floor that rose by ${size('growth')}.`;
    case 'periodic':
      return rhythmSentence(verdict, figure('periodMs'), figure('swing'));
    case 'windows-agree':
      return `It was so already ${formatDuration(Math.max(0, figure('windowMs') - figure('earlierMs')))} ago.`;
    case 'windows-disagree':
      return 'The growth began within the window, so that only the time since then counts.';
  }
}

/** In seconds where minutes would name the same time twice. */
function tooShortSentence(windowMs: number, neededMs: number): string {
  const rounded = [formatDuration(windowMs), formatDuration(neededMs)] as const;
  const [measured, needed] =
    rounded[0] === rounded[1] ? [`${Math.floor(windowMs / SECOND)} s`, `${Math.ceil(neededMs / SECOND)} s`] : rounded;
  return `Only ${measured} were measured; at least ${needed} are needed.`;
}

/** A period is known to an hour at best. */
function rhythmSentence(verdict: Verdict, periodMs: number, swing: number): string {
  const rhythm =
    periodMs > 0 ? `a rhythm of about ${formatDuration(Math.max(1, Math.round(periodMs / HOUR)) * HOUR)}` : 'a rhythm';
  if (verdict.state === 'daily-rhythm') return `It follows ${rhythm}.`;
  if (swing > 0) return `The shape is also that of ${rhythm} that swings by ${amount(swing, verdict)}.`;
  return verdict.state === 'leak' ? `There is ${rhythm}, and the growth goes on beneath it.` : `There is ${rhythm}.`;
}

/** What stacks can be told of: pages that are touched, mappings that are made. */
const HAS_STACKS: readonly GrowthMeasure[] = ['uss', 'rss', 'anonymous', 'heap', 'vmas', 'threads'];
const STEPS_BY_STATE: Readonly<Record<VerdictState, readonly NextStep['action'][]>> = {
  leak: ['show-map', 'profile', 'record'],
  'suspected-leak': ['show-map', 'profile', 'keep-watching'],
  growing: ['keep-watching', 'show-map', 'profile'],
  'not-growing': [],
  'levelled-off': ['keep-watching'],
  'saw-tooth': [],
  'daily-rhythm': ['record'],
  undecided: ['keep-watching'],
};

const STEP_TITLES: Readonly<Record<NextStep['action'], string>> = {
  'show-map': 'Show what grows in the memory map',
  profile: 'Find the lines that make it grow',
  record: 'Record the series to a file',
  'keep-watching': 'Keep watching',
  'show-processes': 'Show all processes',
};

/** Descriptors have no stacks that anything tells of, and shared memory may be another process's doing. */
function stepsOf({ state, measure }: Verdict): readonly NextStep[] {
  const actions = STEPS_BY_STATE[state].filter((action) => action !== 'profile' || HAS_STACKS.includes(measure));
  const grows = state === 'leak' || state === 'suspected-leak';
  const all = grows && measure === 'shmem' ? [...actions, 'show-processes' as const] : actions;
  return all.map((action) => ({ action, title: STEP_TITLES[action] }));
}

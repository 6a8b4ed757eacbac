import { type StoredFinding, sourceOf } from '../app/line-entries.js';
import { baseName } from '../base/path.js';
import { formatCount } from '../base/units.js';
import { trackOf, trackWordsIn } from '../findings/check-words.js';
import { plainFunctionName } from '../findings/function-name.js';
import { isRuntimeFrame } from '../findings/runtime-frame.js';
import { besideHeadline, standingWords } from '../findings/standing.js';
import { explainKind, headline, kindTitle, roleTitle, sentenceOfSeveral } from '../findings/wording.js';
import type { PlacedFinding } from '../model/report.js';
import type { Frame, Stack } from '../model/stack.js';
import { commandLink, escapeMarkdown, link } from './markdown.js';
import { shortTitle } from './result-text.js';

/** The commands that a hover may run: the MarkdownString trusts these and no other. */
export const HOVER_COMMANDS = [
  'memlens.openFrame',
  'memlens.profileAgain',
  'memlens.copyStack',
  'memlens.explain',
  'memlens.clear',
  'memlens.showFindings',
  'memlens.checkLeaks',
  'memlens.showFindingTrend',
  'memlens.showFindingMap',
] as const;

/** Of one stack; the Findings view has all of it. */
const MAX_FRAMES = 40;
const MAX_FINDINGS = 8;

export interface HoverOptions {
  readonly findings: readonly StoredFinding[];
  readonly stale: boolean;
  /** A run is remembered that can be repeated. */
  readonly canRepeat: boolean;
  /** A program goes on that can be asked for its leaks. */
  readonly canCheck: boolean;
  readonly engineTitle: (id: string) => string;
}

/** The whole of what is known about the findings of a line, in Markdown. Everything that a report said is escaped. */
export function hoverText(options: HoverOptions): string {
  const { findings } = options;
  const parts = findings.slice(0, MAX_FINDINGS).map((of) => findingText(of, options));
  if (findings.length > MAX_FINDINGS) {
    parts.push(
      link(
        `${formatCount(findings.length - MAX_FINDINGS, 'more finding')} in the Findings view`,
        commandLink('memlens.showFindings', []),
      ),
    );
  }
  if (findings.length > 1) {
    const [sum] = sentenceOfSeveral(findings.map(({ finding }) => finding)).split('\n');
    parts.unshift(`**${escapeMarkdown(sum ?? '')}**`);
  }
  if (options.stale) parts.unshift('_The line has changed since this was found._');
  const [first] = findings;
  const actions = [
    ...(options.canRepeat ? [link('Profile Again', commandLink('memlens.profileAgain', []))] : []),
    ...(first === undefined
      ? []
      : [
          link(
            'Copy Stack',
            commandLink('memlens.copyStack', [{ fingerprints: findings.map(({ finding }) => finding.fingerprint) }]),
          ),
        ]),
    ...(first === undefined
      ? []
      : [link('Explain', commandLink('memlens.explain', [{ fingerprint: first.finding.fingerprint }]))]),
    ...(first === undefined ? [] : processLinks(first)),
    ...(options.canCheck ? [link('Check Leaks Now', commandLink('memlens.checkLeaks', []))] : []),
    link('Clear', commandLink('memlens.clear', [])),
  ];
  return [...parts, actions.join(' · ')].join('\n\n---\n\n');
}

/** The way back to the process that goes on. */
function processLinks({ stored: { key, subject }, finding: { fingerprint } }: StoredFinding): readonly string[] {
  if (subject === undefined) return [];
  return [
    link('Trend of Its Process', commandLink('memlens.showFindingTrend', [{ key }])),
    link('Its Region in the Memory Map', commandLink('memlens.showFindingMap', [{ key, fingerprint }])),
  ];
}

function findingText({ stored, finding }: StoredFinding, options: HoverOptions): string {
  const facts = [
    options.engineTitle(finding.engine),
    stored.title,
    finding.pid === undefined ? undefined : `process ${finding.pid}`,
  ];
  const origin = escapeMarkdown(facts.filter((fact) => fact !== undefined).join(' · '));
  // The squiggle's message stands right above: of one finding it is the whole sentence already.
  const title = options.findings.length > 1 ? headline(finding) : shortTitle(finding, kindTitle(finding));
  const track = stored.check === undefined ? undefined : trackOf(stored.check, finding);
  const followed = track === undefined || stored.check === undefined ? [] : [trackWordsIn(stored.report, track, stored.check)];
  const evidence = finding.standing?.evidence ?? [];
  const lines = [
    `**${escapeMarkdown(title)}** · ${origin}`,
    ...followed.filter((words) => !evidence.includes(words)).map(escapeMarkdown),
    ...standingMarkdown(finding),
    escapeMarkdown(explainKind(finding)),
    ...finding.stacks.map((stack) => stackMarkdown(finding, stack)),
    ...(finding.details ?? []).slice(0, 6).map((detail) => escapeMarkdown(detail)),
  ];
  return lines.join('\n\n');
}

/** What all engines together say of it. */
function standingMarkdown(finding: PlacedFinding): readonly string[] {
  const { standing } = finding;
  if (standing === undefined) return besideHeadline(finding).map(escapeMarkdown);
  const evidence = standing.evidence.map((sentence) => `- ${escapeMarkdown(sentence)}`);
  return [`**${escapeMarkdown(standingWords(standing))}**`, evidence.join('\n')];
}

function stackMarkdown(finding: PlacedFinding, stack: Stack): string {
  const title = `**${escapeMarkdown(roleTitle(stack.role))}**`;
  const label = stack.label === undefined ? '' : ` — ${escapeMarkdown(stack.label)}`;
  const place =
    finding.placeFrame === undefined ? undefined : finding.stacks[finding.placeFrame.stack]?.frames[finding.placeFrame.frame];
  const shown = stack.frames.slice(0, MAX_FRAMES);
  const lines: string[] = [];
  // A number and an escaped dot: a list of Markdown would count anew.
  for (let i = 0; i < shown.length; i++) {
    const end = endOfRuntime(shown, i, place);
    if (end - i > 1) {
      lines.push(`${i}–${end - 1}\\. _${escapeMarkdown(namesOf(shown.slice(i, end)))}_`);
      i = end - 1;
    } else lines.push(`${i}\\. ${frameText(finding, shown[i] as Frame, shown[i] === place)}`);
  }
  if (stack.frames.length > MAX_FRAMES) lines.push(`… ${formatCount(stack.frames.length - MAX_FRAMES, 'more frame')}`);
  return [`${title}${label}`, ...lines].join('  \n');
}

/** Where the frames of libc, the C++ library and the engine end that begin at `from`: together they take one line. */
function endOfRuntime(frames: readonly Frame[], from: number, place: Frame | undefined): number {
  let end = from;
  for (let frame = frames[end]; frame !== undefined && frame !== place && isRuntimeFrame(frame); frame = frames[end]) end++;
  return end;
}

/** The first and the last say what was called and by which way. */
function namesOf(frames: readonly Frame[]): string {
  const names = frames.map((frame) => plainFunctionName(frame.function ?? frame.address ?? '??'));
  return names.length < 3 ? names.join(', ') : `${names[0] ?? ''}, …, ${names.at(-1) ?? ''}`;
}

function frameText(finding: PlacedFinding, frame: Frame, isPlace: boolean): string {
  const name = escapeMarkdown(frame.function === undefined ? (frame.address ?? '??') : plainFunctionName(frame.function));
  const source = sourceOf(finding, frame);
  const inlined = frame.inlined === true ? ' _inlined_' : '';
  const shown = isPlace ? `**${name}**` : isRuntimeFrame(frame) ? `_${name}_` : name;
  if (frame.file === undefined)
    return `${shown} ${escapeMarkdown(frame.module === undefined ? '' : baseName(frame.module))}${inlined}`;
  const where = `${baseName(source ?? frame.file)}${frame.line === undefined ? '' : `:${frame.line}`}`;
  if (source === undefined || frame.line === undefined) return `${shown} ${escapeMarkdown(where)}${inlined}`;
  const target = commandLink('memlens.openFrame', [
    { file: source, line: frame.line, ...(frame.column === undefined ? {} : { column: frame.column }) },
  ]);
  return `${shown} ${link(where, target)}${inlined}`;
}

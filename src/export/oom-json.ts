import { explainOom } from '../insight/oom/explain-oom.js';
import { oomStory } from '../insight/oom/oom-story.js';
import type { OomHolder, OomVictim } from '../insight/oom/oom-victim.js';
import { oomHeadline } from '../insight/oom/oom-words.js';
import type { OomEvent, OomReport } from '../model/oom.js';

/** Goes up when a reader of the old schema would be misled. */
const VERSION = 1;

export interface OomJsonOptions {
  /** `memlens 1.2.0` */
  readonly tool: string;
  /** What the log was read from. */
  readonly source: string;
  readonly bootMs?: number;
}

/** Events of a log with what follows from them: docs/oom-schema.json. Amounts are bytes; what is not told is left out. */
export function* oomJson(report: OomReport, only: number | undefined, options: OomJsonOptions): Generator<string> {
  const { events, eventsLeftOut, lines, otherKillers, memoryReports } = report;
  const { tool, source, bootMs } = options;
  const head = JSON.stringify({
    format: 'memlens-oom',
    version: VERSION,
    tool,
    source,
    ...(bootMs === undefined ? {} : { bootMs }),
    lines,
    eventCount: events.length,
    eventsLeftOut,
    otherKillers,
    ...(memoryReports === undefined ? {} : { memoryReports }),
  });
  yield `${head.slice(0, -1)},"events":[\n`;
  const shown = only === undefined ? [...events.keys()] : [only];
  for (const [place, at] of shown.entries()) {
    const event = events[at];
    if (event !== undefined) yield `${place > 0 ? ',' : ''}${JSON.stringify(eventJson(event, at + 1))}\n`;
  }
  yield ']}\n';
}

function eventJson(event: OomEvent, number: number): object {
  const explained = explainOom(event);
  const { tasks: _tasks, ...facts } = event;
  const { culprits, tasks, victim, parts, reasons, zones } = explained;
  return {
    number,
    headline: oomHeadline(event),
    ...facts,
    tasks: tasks.holders.map(holderJson),
    explanation: {
      ...oomStory(event, explained),
      reasons,
      culprits,
      zones,
      ...(parts === undefined ? {} : { parts }),
      exemptTasks: tasks.exempt,
      ...(tasks.total === undefined ? {} : { scoreTotal: tasks.total }),
      victim: victimJson(victim),
    },
  };
}

const holderJson = ({ task, held, points, isExempt }: OomHolder): object => ({
  ...task,
  held,
  ...(points === undefined ? {} : { points }),
  isExempt,
});

/** Tasks are named by their numbers. */
const victimJson = ({ holder, higher, score, isChild, freed }: OomVictim): object => ({
  ...(holder === undefined ? {} : { pid: holder.task.pid }),
  ...(higher === undefined ? {} : { higherPids: higher.map(({ task }) => task.pid) }),
  ...(score === undefined ? {} : { score }),
  isChild,
  ...(freed === undefined ? {} : { freed }),
});

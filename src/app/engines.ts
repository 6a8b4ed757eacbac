import type { Engine, EngineId, Obstacle, Subject, TargetFacts } from '../engines/engine.js';
import { heaptrackEngine } from '../engines/heaptrack/heaptrack.js';
import { memcheckEngine } from '../engines/memcheck/memcheck.js';
import { asanEngine, lsanEngine, lsanPreloadEngine } from '../engines/sanitizer/engines.js';

/** Every engine there is. Adding one is adding its folder and a line here. */
export const ENGINES: readonly Engine[] = [asanEngine, lsanEngine, lsanPreloadEngine, memcheckEngine, heaptrackEngine];

export function engineById(id: EngineId): Engine {
  const engine = ENGINES.find((candidate) => candidate.id === id);
  if (engine === undefined) throw new Error(`no engine ${id}`);
  return engine;
}

export interface EngineAvailability {
  readonly engine: Engine;
  readonly obstacles: readonly Obstacle[];
}

export const isAvailable = (availability: EngineAvailability): boolean =>
  !availability.obstacles.some((obstacle) => obstacle.blocking);

/** Every engine with what stands in its way for this subject. */
export function availabilities(facts: TargetFacts, subject: Subject): readonly EngineAvailability[] {
  return ENGINES.map((engine) => ({ engine, obstacles: engine.obstacles(facts, subject) }));
}

export interface EngineChoice {
  readonly engine: Engine;
  /** One sentence: why this one. */
  readonly reason: string;
  readonly others: readonly EngineAvailability[];
}

/**
 * What MemLens builds by itself goes to AddressSanitizer: it sees leaks and memory errors in one run at 2 to 3 times the
 * program's time, where Memcheck takes 12 to 70. A program that is already built goes to the LeakSanitizer preload
 * (1.0 to 2.4 times), unless it carries a sanitizer of its own. heaptrack is never taken: it can't tell what is lost from what is used to the end.
 */
const ORDER: Readonly<Record<Subject['form'], readonly { readonly id: EngineId; readonly reason: string }[]>> = {
  source: [
    { id: 'asan', reason: 'AddressSanitizer finds leaks and memory errors in one run, at a fraction of the cost of Memcheck.' },
    {
      id: 'memcheck',
      reason: 'AddressSanitizer can not be used here; Memcheck finds leaks and most memory errors, more slowly.',
    },
    { id: 'lsan', reason: 'Only the LeakSanitizer runtime is installed: this run finds leaks, and no other memory errors.' },
    {
      id: 'lsan-preload',
      reason: 'Only the preloaded LeakSanitizer can be used here: this run finds leaks, and no other memory errors.',
    },
  ],
  program: [
    {
      id: 'lsan-preload',
      reason:
        'LeakSanitizer is preloaded: no rebuild, at nearly full speed. It finds leaks; Memcheck finds memory errors too, more slowly.',
    },
    { id: 'memcheck', reason: 'Memcheck works without a rebuild; it is slower than a sanitizer.' },
  ],
};

/** The engine that `auto` takes, or the obstacle of the one that it would have liked best. */
export function chooseEngine(
  facts: TargetFacts,
  subject: Subject,
): EngineChoice | { readonly engine: Engine; readonly obstacle: Obstacle } {
  const all = availabilities(facts, subject);
  const own = subject.form === 'program' ? subject.program.sanitizer : undefined;
  const order =
    own === 'asan' || own === 'lsan'
      ? [{ id: own, reason: `The program was built with ${engineById(own).title}; its own runtime makes the report.` }]
      : ORDER[subject.form];
  let unfit: { readonly engine: Engine; readonly obstacle: Obstacle } | undefined;
  for (const { id, reason } of order) {
    const engine = engineById(id);
    const obstacle = engine.obstacles(facts, subject).find((candidate) => candidate.blocking);
    if (obstacle === undefined) return { engine, reason, others: all.filter((other) => other.engine !== engine) };
    unfit ??= { engine, obstacle };
  }
  if (unfit === undefined) throw new Error('the order of engines is empty');
  return unfit;
}

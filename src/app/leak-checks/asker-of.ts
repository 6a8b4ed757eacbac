import type { Engine, RunPlan } from '../../engines/engine.js';
import type { Target } from '../ports.js';
import { CompanionAsker } from './companion-asker.js';
import type { LeakAsker } from './leak-asker.js';
import { VgdbAsker } from './vgdb-asker.js';

/** How the processes of a run are asked for their leaks; undefined: they can't be asked. `control`: the path prefix of the companion's files. */
export function leakAsker(
  target: Target,
  engine: Engine,
  plan: RunPlan,
  reportDir: string,
  control: string,
): LeakAsker | undefined {
  if (engine.id === 'memcheck') return new VgdbAsker(target, reportDir, plan.argv[0] ?? 'valgrind');
  return plan.onDemand && engine.parser !== undefined ? new CompanionAsker(target, control, engine.parser) : undefined;
}

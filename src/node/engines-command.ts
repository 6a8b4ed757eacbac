import { type EngineAvailability, isAvailable } from '../app/engines.js';
import { Profiler } from '../app/profile.js';
import type { CommandLine } from './command-line.js';
import { CLEAN, FAILED } from './exit-status.js';
import { InheritedStage } from './inherited-stage.js';
import { LocalTarget } from './local-target.js';
import { nodeClock } from './node-clock.js';
import { complain, standardErrorLog } from './standard-error.js';
import { nodeUnpackers } from './unpack.js';

/** memlens engines. The result is the exit status. */
export async function runEngines({ options }: Extract<CommandLine, { verb: 'engines' }>): Promise<number> {
  const profiler = new Profiler({
    target: new LocalTarget(),
    stage: new InheritedStage('stdout'),
    clock: nodeClock,
    log: standardErrorLog(options.verbose),
    helpers: { companion: '', stlHeader: '', cache: '' },
    tools: () => ({}),
    unpackers: nodeUnpackers,
  });
  const found = await profiler.engines();
  if (!found.ok) {
    complain(found.error);
    return FAILED;
  }
  const json = found.value.map((entry) => ({
    engine: entry.engine.id,
    title: entry.engine.title,
    description: entry.engine.description,
    available: isAvailable(entry),
    obstacles: entry.obstacles,
  }));
  process.stdout.write(options.format === 'json' ? `${JSON.stringify(json, null, 2)}\n` : found.value.map(engineText).join('\n'));
  return CLEAN;
}

function engineText(entry: EngineAvailability): string {
  const head = `${entry.engine.id.padEnd(13)} ${isAvailable(entry) ? 'available' : 'not available'}: ${entry.engine.description}\n`;
  return (
    head +
    entry.obstacles.map(({ reason, remedy }) => `${' '.repeat(14)}${reason}\n${' '.repeat(14)}remedy: ${remedy}\n`).join('')
  );
}

import { join } from 'node:path';
import type { Log } from './app/ports.js';
import type { NamedTarget } from './model/target-config.js';
import { runAttach } from './node/attach-command.js';
import { runCheckCommand } from './node/check-command.js';
import { readCommandLine } from './node/command-line.js';
import { runEngines } from './node/engines-command.js';
import { CLEAN, FAILED } from './node/exit-status.js';
import { runHeapCommand } from './node/heap-command.js';
import { HELP } from './node/help.js';
import { runKmemleakCommand } from './node/kmemleak-command.js';
import { leave } from './node/leave.js';
import { runMapCommand } from './node/map-command.js';
import { runOomCommand } from './node/oom-command.js';
import { runParse } from './node/parse-command.js';
import { runProfile } from './node/profile-command.js';
import { endAll } from './node/spawn.js';
import { standardErrorLog } from './node/standard-error.js';
import { runSystemCommand } from './node/system-command.js';
import { createTarget } from './node/targets.js';
import { terminalAsk } from './node/terminal-ask.js';
import { runTrendCommand } from './node/trend-commands.js';
import { UsageError } from './node/usage.js';

declare const MEMLENS_VERSION: string;

const version = MEMLENS_VERSION;
const media = join(__dirname, '..', 'media');

function openTarget(target: NamedTarget, log: Log): ReturnType<typeof createTarget> {
  const ask = terminalAsk();
  return createTarget(target, { log, ...(ask === undefined ? {} : { ask, askpass: join(media, 'askpass.sh') }) });
}

async function main(): Promise<number> {
  const line = readCommandLine(process.argv.slice(2));
  switch (line.verb) {
    case 'help':
      process.stdout.write(HELP);
      return CLEAN;
    case 'version':
      process.stdout.write(`${version}\n`);
      return CLEAN;
    case 'profile':
      return runProfile(line, { version, media, openTarget });
    case 'parse':
      return runParse(line, version);
    case 'engines':
      return runEngines(line);
    case 'watch':
    case 'ps':
    case 'meminfo': {
      const log = standardErrorLog(line.verbose);
      return runTrendCommand(line, { version, log, openTarget: (target) => openTarget(target, log) });
    }
    case 'attach':
      return runAttach(line, { version, media: (name) => join(media, name), openTarget });
    case 'check':
      return runCheckCommand(line, { version });
    case 'system':
    case 'system diff': {
      const log = standardErrorLog(line.verbose);
      return runSystemCommand(line, { version, log, openTarget: (target) => openTarget(target, log) });
    }
    case 'kmemleak':
      return runKmemleakCommand(line, { version, openTarget });
    case 'heap':
      return runHeapCommand(line, { version });
    case 'map':
    case 'map diff': {
      const log = standardErrorLog(line.verbose);
      return runMapCommand(line, { version, openTarget: (target) => openTarget(target, log) });
    }
    case 'oom': {
      const log = standardErrorLog(line.verbose);
      return runOomCommand(line, { version, openTarget: (target) => openTarget(target, log) });
    }
  }
}

// A reader that has gone away (`memlens ... | head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') leave(CLEAN);
  process.stderr.write(`memlens: standard output could not be written: ${error.message}\n`);
  leave(FAILED);
});
// There is no place left to say so.
process.stderr.on('error', () => undefined);
process.on('exit', endAll);
main().then(
  (code) => leave(code),
  (error: unknown) => {
    if (error instanceof UsageError)
      process.stderr.write(`memlens: ${error.message}\n         memlens --help shows every command and option\n`);
    else process.stderr.write(`memlens: a bug in MemLens: ${(error as Error).stack ?? String(error)}\n`);
    leave(FAILED);
  },
);

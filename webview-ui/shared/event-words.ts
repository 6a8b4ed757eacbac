import { visibleText } from '../../src/base/visible-text.js';
import type { TrendEvent } from '../../src/model/trend-event.js';

export interface EventWords {
  /** Drawn at the mark. */
  readonly sign: string;
  readonly text: string;
  readonly grave: boolean;
}

/** What is shown of an event; undefined of those that are drawn in another way. */
export function eventWords({ kind, detail }: TrendEvent): EventWords | undefined {
  const about = detail === undefined || detail === '' ? '' : visibleText(detail);
  const say = (sign: string, text: string, rest = about && `: ${about}`, grave = false) => ({ sign, text: text + rest, grave });
  switch (kind) {
    case 'process-exit':
      return say('exit', 'Process ended');
    case 'process-exec':
      return say('exec', 'Process runs another program');
    case 'process-fork':
      return say('fork', 'Process forked');
    case 'oom-kill': {
      const count = Number(detail);
      return say('OOM', 'The kernel killed for lack of memory', count > 1 ? ` (${count} processes)` : '', true);
    }
    case 'oom-victim':
      return say('OOM', 'Killed for lack of memory', undefined, true);
    case 'reboot':
      return say('boot', 'The machine was started anew', undefined, true);
    case 'run-begin':
      return say('run', 'Run begins');
    case 'run-end':
      return say('end', 'Run ends');
    case 'breakpoint':
      return say('stop', 'Stopped in the debugger');
    case 'mark':
      return say('mark', 'Mark');
    case 'gap-begin':
    case 'gap-end':
      return undefined;
  }
}

import type { LiveReason } from '../app/live/live-reason.js';
import type { Monitor } from '../app/monitor.js';
import { visibleText } from '../base/visible-text.js';
import type { NamedTarget } from '../model/target-config.js';

/** A process that the user wants to look into, as pages and commands name it. */
export interface LiveRequest {
  readonly subject: { readonly monitor: Pick<Monitor, 'target'> };
  readonly pid: number;
  readonly command: string;
  /** Where it is known: another process that has its number now is not taken for it. */
  readonly startTicks?: number;
  readonly reason?: LiveReason;
}

/** Anything else that a command may be given (an item of a view, nothing) is no process. */
export function isLiveRequest(value: unknown): value is LiveRequest {
  if (typeof value !== 'object' || value === null) return false;
  const { subject, pid, command } = value as Partial<Record<'subject' | 'pid' | 'command', unknown>>;
  const isSubject = typeof subject === 'object' && subject !== null && 'monitor' in subject;
  return isSubject && typeof pid === 'number' && typeof command === 'string';
}

/** `server (1234)`, with the target's name when it is not this machine. Brackets make links in messages of the editor: a name has none. */
export function processTitle(command: string, pid: number, target?: NamedTarget): string {
  const name = visibleText(command).replaceAll('[', '(').replaceAll(']', ')');
  const where = target === undefined || target.config.kind === 'local' ? '' : ` · ${visibleText(target.name)}`;
  return `${name} (${pid})${where}`;
}

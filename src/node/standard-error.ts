import { faultText } from '../app/fault-text.js';
import type { Log } from '../app/ports.js';
import type { Fault } from '../base/fault.js';
import { visibleLines } from '../base/visible-text.js';

/** A line, or several, for people: what a tool or a target has said may be among it. */
export function say(text: string): void {
  process.stderr.write(`${visibleLines(text)}\n`);
}

/** What the command line tells beside its results. */
export function standardErrorLog(verbose: boolean): Log {
  const write = (message: string): void => say(`memlens: ${message}`);
  const writeDetail = verbose ? write : (): void => undefined;
  return { info: writeDetail, warn: writeDetail, error: write };
}

/** Says what could not be done, and what to do about it. */
export function complain(fault: Fault): void {
  const { message, nextStep, detail } = faultText(fault);
  if (detail !== undefined && detail.trim() !== '') say(detail.trimEnd());
  say(`memlens: ${message}`);
  if (nextStep !== '') say(`         ${nextStep}`);
}

import { faultText } from '../app/fault-text.js';
import type { Log } from '../app/ports.js';
import type { Fault } from '../base/fault.js';

/** What the command line tells beside its results. */
export function standardErrorLog(verbose: boolean): Log {
  const write = (message: string): void => void process.stderr.write(`memlens: ${message}\n`);
  const writeDetail = verbose ? write : (): void => undefined;
  return { info: writeDetail, warn: writeDetail, error: write };
}

/** Says what could not be done, and what to do about it. */
export function complain(fault: Fault): void {
  const { message, nextStep, detail } = faultText(fault);
  if (detail !== undefined && detail.trim() !== '') process.stderr.write(`${detail.trimEnd()}\n`);
  process.stderr.write(`memlens: ${message}\n`);
  if (nextStep !== '') process.stderr.write(`         ${nextStep}\n`);
}

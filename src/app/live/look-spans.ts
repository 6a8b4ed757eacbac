import type { LiveOutcome, LookSpan } from '../../model/live.js';

/** Asked again and again: the oldest figures of malloc are let go. */
const MOST = 50;

/** The looks into a process with one more: of each way the newest, and each of malloc-info, for two of them tell what has changed. */
export function withLook(looks: readonly LookSpan[], { way, overMs, endedAt, malloc }: LiveOutcome): readonly LookSpan[] {
  if (endedAt === undefined) return looks;
  const span: LookSpan = { way, from: endedAt - overMs, to: endedAt, ...(malloc === undefined ? {} : { malloc }) };
  return [...looks.filter((one) => one.way !== way || one.malloc !== undefined), span].slice(-MOST);
}

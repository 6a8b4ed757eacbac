import type { Milliseconds } from '../../base/units.js';
import type { LiveSession } from './live-way.js';
import { waited } from './waited.js';

const START_MS: Milliseconds = 100;
const START_TURNS = 100;

/** perf says nothing when it begins, but makes its file; it takes some moments to that. */
export async function perfHasBegun(
  { target, clock, stop, cancel }: LiveSession,
  file: string,
  ended: Promise<unknown>,
): Promise<void> {
  const tool = { isOver: false };
  void ended.then(() => {
    tool.isOver = true;
  });
  for (let turn = 0; turn < START_TURNS && !tool.isOver && !stop.requested && !cancel.requested; turn++) {
    const facts = await target.stat(file);
    if (facts.ok && facts.value.size > 0) return;
    await waited(clock, START_MS, [stop, cancel]);
  }
}

import type { Fault } from '../../base/fault.js';
import { err, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { Clock } from '../ports.js';
import type { Reader, ReadFacts, ReadRequest } from '../reader.js';
import type { KnownMachine } from './known-machine.js';

/** Puts requests to a reader, one at a time, and hands on what it tells. */
export class ReaderQuestions {
  private giveUp: ((fault: Fault) => void) | undefined;

  constructor(
    private readonly target: string,
    private readonly clock: Clock,
    private readonly known: KnownMachine,
  ) {}

  /** No answer for `limitMs` is a fault of the connection, as far as we can tell. What comes later is not taken. */
  ask(reader: Reader, request: ReadRequest, limitMs: Milliseconds): Promise<Result<ReadFacts, Fault>> {
    return new Promise((resolve) => {
      let open = true;
      const done = (result: Result<ReadFacts, Fault>): void => {
        open = false;
        timer.dispose();
        resolve(result);
      };
      const detail = `no answer within ${Math.round(limitMs / 1000)} seconds`;
      const timer = this.clock.after(limitMs, () =>
        done(err({ code: 'target-unreachable', target: this.target, detail, why: 'no-answer' })),
      );
      this.giveUp = (fault) => done(err(fault));
      const sink = this.known.sink(this.clock.now(), () => open);
      void reader.read(request, sink).then(done);
    });
  }

  /** The answer will not come any more. */
  abandon(): void {
    this.giveUp?.({ code: 'cancelled' });
    this.giveUp = undefined;
  }
}

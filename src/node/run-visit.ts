import { lstat, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { DOOR, DOOR_VERSION, type DoorReply, type DoorRequest, type RunFacts } from './run-door.js';

export interface FoundRun {
  /** The socket of the MemLens that leads it. */
  readonly door: string;
  readonly run: RunFacts;
}

export interface FoundRuns {
  readonly runs: readonly FoundRun[];
  /** Private directories of runs whose MemLens does not answer any more: it was killed. They are left as they are. */
  readonly stale: readonly string[];
}

/** A leader that does not say who it is in this time is taken for one that hangs. */
const DESCRIBE_MS = 5_000;

/** The runs of this user that other MemLens processes lead now. */
export async function findRuns(cancel: Cancel): Promise<FoundRuns> {
  const uid = process.getuid?.();
  const places = new Set([process.env.XDG_RUNTIME_DIR, uid === undefined ? undefined : `/run/user/${uid}`, tmpdir(), '/tmp']);
  const runs: FoundRun[] = [];
  const stale: string[] = [];
  for (const place of places) {
    if (place === undefined || !place.startsWith('/')) continue;
    for (const name of await readdir(place).catch(() => [])) {
      if (!name.startsWith('memlens-')) continue;
      const directory = `${place}/${name}`;
      // Another user's directory, or a link to one, may hold anything.
      const facts = await lstat(directory).catch(() => undefined);
      if (facts?.isDirectory() !== true || facts.uid !== uid || (facts.mode & 0o077) !== 0) continue;
      const door = `${directory}/${DOOR}`;
      if ((await lstat(door).catch(() => undefined))?.isSocket() !== true) continue;
      const reply = await visit(door, { version: DOOR_VERSION, ask: 'describe' }, cancel, DESCRIBE_MS);
      if (reply.ok && 'run' in reply.value) runs.push({ door, run: reply.value.run });
      else if (!cancel.requested) stale.push(directory);
    }
  }
  return { runs, stale };
}

/** Asks at a door. A fault with `run-over`: its MemLens ended before it answered. */
export function visit(
  door: string,
  request: DoorRequest,
  cancel: Cancel,
  timeLimitMs?: number,
): Promise<Result<DoorReply, Fault>> {
  return new Promise((resolve) => {
    const socket = connect(door);
    let text = '';
    let timer: NodeJS.Timeout | undefined;
    const done = (result: Result<DoorReply, Fault>): void => {
      clearTimeout(timer);
      cancelled.dispose();
      socket.destroy();
      resolve(result);
    };
    const cancelled = cancel.onRequest(() => done(err({ code: 'cancelled' })));
    if (timeLimitMs !== undefined)
      timer = setTimeout(() => done(err({ code: 'time-out', seconds: timeLimitMs / 1000 })), timeLimitMs);
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('close', () => done(readReply(text)));
  });
}

function readReply(text: string): Result<DoorReply, Fault> {
  if (!text.endsWith('\n')) return err({ code: 'run-over', title: 'The run' });
  try {
    const reply = JSON.parse(text) as DoorReply;
    if (reply.version === DOOR_VERSION) return ok(reply);
  } catch {
    // No MemLens says that.
  }
  return err({
    code: 'unreadable',
    path: 'the answer of the MemLens that leads the run',
    detail: 'It is of another version: use the memlens of the same version as the editor or terminal that started the run.',
  });
}

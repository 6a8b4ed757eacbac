import { createServer, type Socket } from 'node:net';
import type { LiveRun } from '../app/leak-checks/live-run.js';
import type { Log } from '../app/ports.js';
import type { PublishedRun } from '../app/profile.js';
import { CancelSource } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import type { LeakCheck, LeakCheckScope, LeakCheckTotals } from '../model/leak-check.js';
import { makePrivateDirectory } from './private-directory.js';

/** In the private directory of a run. */
export const DOOR = 'run.sock';

/** Goes up when one of another number would be misled. */
export const DOOR_VERSION = 1;

/** What is asked at the door of a run: one line of JSON. */
export interface DoorRequest {
  readonly version: number;
  readonly ask: 'describe' | 'check';
  readonly scope?: LeakCheckScope;
}

/** A run, as others than its leader know it. */
export interface RunFacts {
  readonly title: string;
  readonly engine: string;
  /** Absent: this machine. */
  readonly target?: string;
  /** The leader of the program's session, on its machine. */
  readonly pid: number;
  readonly checks: readonly LeakCheckTotals[];
}

/** The answer: one line of JSON. */
export type DoorReply =
  | { readonly version: number; readonly run: RunFacts; readonly check?: LeakCheck }
  | { readonly version: number; readonly fault: Fault };

/** A request is a few words; more is none of ours. */
const MOST_CHARACTERS = 4096;

/**
 * Lets other MemLens processes of this user ask a run for its leaks, over a socket in a directory that only this user may enter; both are removed by
 * `dispose`, or when MemLens ends.
 */
export function openDoor(run: LiveRun, log: Log): PublishedRun {
  const place = makePrivateDirectory();
  const visits = new Set<Promise<void>>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const visit = receive(socket, run).finally(() => visits.delete(visit));
    visits.add(visit);
  });
  server.on('error', (error) => log.warn(`no other MemLens can ask ${run.title} for its leaks: ${error.message}`));
  server.listen(`${place.path}/${DOOR}`);
  // The run, not its door, keeps MemLens going.
  server.unref();
  return {
    directory: place.path,
    dispose: () => {
      server.close();
      place.dispose();
    },
  };
}

async function receive(socket: Socket, run: LiveRun): Promise<void> {
  const gone = new CancelSource();
  socket.setEncoding('utf8');
  socket.on('error', () => undefined);
  socket.on('close', () => gone.cancel());
  const request = await readRequest(socket);
  const reply = request === undefined ? undefined : await answer(request, run, gone);
  if (reply !== undefined && socket.writable) socket.end(`${JSON.stringify(reply)}\n`);
  else socket.destroy();
}

function readRequest(socket: Socket): Promise<DoorRequest | undefined> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(parse(text.slice(0, end)));
      else if (text.length > MOST_CHARACTERS) resolve(undefined);
    });
    socket.once('end', () => resolve(undefined));
    socket.once('close', () => resolve(undefined));
  });
}

function parse(line: string): DoorRequest | undefined {
  try {
    const request = JSON.parse(line) as Partial<DoorRequest> | null;
    if (typeof request?.version !== 'number' || (request.ask !== 'describe' && request.ask !== 'check')) return undefined;
    return { version: request.version, ask: request.ask, scope: request.scope === 'increased' ? 'increased' : 'all' };
  } catch {
    return undefined;
  }
}

async function answer({ version, ask, scope }: DoorRequest, run: LiveRun, gone: CancelSource): Promise<DoorReply> {
  const facts = (): RunFacts => ({
    title: run.title,
    engine: run.engine,
    ...(run.target === undefined ? {} : { target: run.target }),
    pid: run.pid,
    checks: run.history,
  });
  // The other one says what it can't understand; this much of an answer stays as it is in every version.
  if (ask === 'describe' || version !== DOOR_VERSION) return { version: DOOR_VERSION, run: facts() };
  const check = await run.check({ cancel: gone, ...(scope === undefined ? {} : { scope }) });
  return check.ok ? { version: DOOR_VERSION, run: facts(), check: check.value } : { version: DOOR_VERSION, fault: check.error };
}

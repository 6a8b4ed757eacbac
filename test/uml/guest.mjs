// Boots the guest that test/uml/build.sh has made, and serves its line at a socket: `prefix` gives a shell of it to MemLens.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Frames, frame } from './frames.mjs';

const BOOT_MS = 60_000;
const PIECE = 1024;

/** `words`: more of the kernel's command line. */
export async function startGuest(cache, words = []) {
  const directory = mkdtempSync(join(tmpdir(), 'ml-uml-'));
  const log = join(directory, 'log');
  const output = openSync(log, 'w');
  const guest = spawn(
    'setarch',
    [
      '-R',
      join(cache, 'kernel/linux'),
      'mem=256M',
      `initrd=${join(cache, 'root.cpio')}`,
      'rdinit=/init',
      `uml_dir=${directory}/`,
      'con=null',
      'con0=null,fd:1',
      'ssl=null',
      'ssl0=fd:3',
      'kmemleak=on',
      'page_owner=on',
      'slub_debug=U',
      ...words,
    ],
    { stdio: ['ignore', output, output, 'pipe'], detached: true, env: { ...process.env, TMPDIR: directory } },
  );
  const line = guest.stdio[3];
  const waiting = [];
  let isFree = false;
  const next = () => {
    const bytes = isFree ? waiting.shift() : undefined;
    if (bytes === undefined) return;
    isFree = false;
    line.write(bytes);
  };
  /** In pieces that the line takes. */
  const send = (type, id, payload = Buffer.alloc(0)) => {
    for (let at = 0; at === 0 || at < payload.length; at += PIECE)
      waiting.push(frame(type, id, payload.subarray(at, at + PIECE)));
    next();
  };
  const clients = new Map();
  const ended = new Promise((resolve) => guest.once('exit', resolve));
  const isReady = new Promise((resolve, reject) => {
    const frames = new Frames((type, id, payload) => {
      if (type === 'R') {
        isFree = true;
        next();
        resolve();
      } else clients.get(id)?.(type, payload);
    });
    line.on('data', (chunk) => frames.push(chunk));
    line.on('error', () => undefined);
    setTimeout(() => reject(new Error('the guest does not boot')), BOOT_MS).unref();
    void ended.then(() => reject(new Error('the guest has ended')));
  });
  const stop = async () => {
    server.close();
    try {
      process.kill(-guest.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let id = 1;
    while (clients.has(id)) id++;
    let isOver = false;
    clients.set(id, (type, payload) => {
      if (type === 'x') {
        isOver = true;
        clients.delete(id);
      }
      if (socket.writable) socket.write(frame(type, 0, payload));
      if (type === 'x') socket.end();
    });
    send('o', id);
    socket.on('data', (chunk) => send('d', id, chunk));
    socket.on('end', () => isOver || send('e', id));
    socket.on('error', () => undefined);
    // The number is free when the shell has ended.
    socket.on('close', () => isOver || send('k', id));
  });
  const socket = join(directory, 'line');
  try {
    await isReady;
  } catch (error) {
    const said = readFileSync(log, 'utf8').slice(-2000);
    await stop();
    throw new Error(`${error.message}\n${said}`);
  }
  await new Promise((resolve) => server.listen(socket, resolve));
  return {
    prefix: [process.execPath, join(import.meta.dirname, 'connect.mjs'), socket],
    log: () => readFileSync(log, 'utf8'),
    stop,
  };
}

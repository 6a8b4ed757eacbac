import { type BigIntStats, close as closeCallback, constants, createWriteStream, fstat, open as openCallback } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { isatty, WriteStream as TerminalStream } from 'node:tty';
import { promisify } from 'node:util';
import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import { writeFault } from './write-fault.js';

const open = promisify(openCallback);
const close = promisify(closeCallback);
const facts = promisify(fstat) as (descriptor: number) => Promise<Pick<BigIntStats, 'isFIFO'>>;

/** Between two looks whether a FIFO has a reader. */
const LOOK_EVERY: Milliseconds = 100;
const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NONBLOCK;

export interface OpenedOutput {
  readonly stream: Writable;
  /** Its reader may leave when it has enough. */
  readonly isPipe: boolean;
}

/**
 * Opens what the user named for output: a file is made or emptied; for a FIFO that nobody reads (fifo(7)) a reader is waited for, and
 * `onWait` is called once. A thread that is blocked in open(2) or write(2) would keep the whole program from ending, so neither blocks.
 */
export async function openOutput(path: string, cancel: Cancel, onWait: () => void): Promise<Result<OpenedOutput, Fault>> {
  for (let waits = false; ; waits = true) {
    if (cancel.requested) return err({ code: 'cancelled' });
    try {
      const descriptor = await open(path, FLAGS, 0o666);
      return ok(await streamOf(path, descriptor));
    } catch (error) {
      // Without a reader, or a socket, or a device without a driver: open(2).
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO' || !(await isFifo(path))) return err(writeFault(path, error));
    }
    if (!waits) onWait();
    await pause(cancel);
  }
}

async function streamOf(path: string, descriptor: number): Promise<OpenedOutput> {
  try {
    const isPipe = (await facts(descriptor)).isFIFO();
    if (isPipe) return { stream: new Socket({ fd: descriptor, readable: false, writable: true }), isPipe };
    if (isatty(descriptor)) return { stream: new TerminalStream(descriptor), isPipe };
    return { stream: createWriteStream(path, { fd: descriptor }), isPipe };
  } catch (error) {
    await close(descriptor).catch(() => undefined);
    throw error;
  }
}

const isFifo = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFIFO() === true;

function pause(cancel: Cancel): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      registration.dispose();
      resolve();
    }, LOOK_EVERY);
    const registration = cancel.onRequest(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Disposable } from '../base/dispose.js';
import { atEnd } from './spawn.js';

/** sun_path of unix(7) holds 108 bytes, and ssh adds a random tail of 17 while it makes a socket. */
const PLACE_CHARACTERS = 50;

export interface PrivateDirectory extends Disposable {
  /** Mode 0700, short, of characters that no option of ssh reads otherwise. */
  readonly path: string;
}

/** A new directory for sockets; removed by `dispose`, or when MemLens ends. */
export function makePrivateDirectory(): PrivateDirectory {
  const path = make([process.env.XDG_RUNTIME_DIR, tmpdir()]);
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  const registered = atEnd(remove);
  return {
    path,
    dispose: () => {
      registered.dispose();
      remove();
    },
  };
}

function make(places: readonly (string | undefined)[]): string {
  for (const place of places) {
    if (place === undefined || place.length > PLACE_CHARACTERS || !/^\/[\w./-]*$/.test(place)) continue;
    try {
      return mkdtempSync(`${place}/memlens-`);
    } catch {
      // Not there, or not ours: the next one.
    }
  }
  return mkdtempSync('/tmp/memlens-');
}

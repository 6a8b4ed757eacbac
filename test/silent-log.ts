import type { Log } from '../src/app/ports.js';

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

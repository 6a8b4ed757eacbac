import type { Clock } from '../app/ports.js';
import type { Disposable } from '../base/dispose.js';

export const nodeClock: Clock = {
  now: () => performance.now(),
  after(delayMs: number, action: () => void): Disposable {
    const timer = setTimeout(action, delayMs);
    return { dispose: () => clearTimeout(timer) };
  },
};

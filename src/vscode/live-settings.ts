import type { Milliseconds } from '../base/units.js';
import { numberSetting } from './monitor-settings.js';

export interface LiveSettings {
  readonly durationMs: Milliseconds;
  /** How many times as long a process may take while it is looked at; 0: no guard. */
  readonly slowdownLimit: number;
}

/** The settings of Profile Process, within their limits whatever settings.json says. */
export function liveSettings(): LiveSettings {
  const seconds = Math.min(3600, Math.max(1, numberSetting('attach.duration', 30)));
  const limit = numberSetting('attach.slowdownLimit', 2);
  return { durationMs: Math.round(seconds * 1000), slowdownLimit: limit <= 1 ? 0 : Math.min(100, limit) };
}

import type { Fault } from '../base/fault.js';
import { isAbsolutePath } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import type { NamedTarget } from '../model/target-config.js';
import { parseTargetName } from './target-names.js';

/**
 * Reads `memlens.targets`: an object from the user's name for a target to `ssh:host`, `command:prefix`, or to
 * `{ "target": ..., "sysroot": ... }`. One that is wrong does not take the others with it.
 */
export function readTargets(raw: unknown): { readonly targets: readonly NamedTarget[]; readonly faults: readonly Fault[] } {
  const targets: NamedTarget[] = [];
  const faults: Fault[] = [];
  const entries = typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? Object.entries(raw) : [];
  for (const [name, value] of entries) {
    const read = readTarget(name, value);
    if (read.ok) targets.push(read.value);
    else faults.push(read.error);
  }
  return { targets, faults };
}

function readTarget(name: string, value: unknown): Result<NamedTarget, Fault> {
  const bad = (detail: string): Result<never, Fault> =>
    err({ code: 'bad-setting', setting: 'memlens.targets', detail: `${JSON.stringify(name)} ${detail}` });
  const entry = (typeof value === 'string' ? { target: value } : value) as { target?: unknown; sysroot?: unknown } | null;
  if (typeof entry !== 'object' || entry === null || typeof entry.target !== 'string') {
    return bad('must be a text such as "ssh:host", or an object with "target"');
  }
  const config = parseTargetName(entry.target);
  if (!config.ok) return bad(config.error.detail);
  const { sysroot } = entry;
  if (sysroot === undefined) return ok({ name, config: config.value });
  if (typeof sysroot !== 'string' || !isAbsolutePath(sysroot)) return bad('has a sysroot that is no absolute path');
  return ok({ name, config: config.value, sysroot });
}

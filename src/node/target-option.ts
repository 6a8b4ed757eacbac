import { parseTargetName } from '../app/target-names.js';
import type { NamedTarget } from '../model/target-config.js';
import { UsageError } from './usage.js';

/** The machine that --target names, by that name. Throws UsageError with what is wrong with it. */
export function readTargetOption(name: string): NamedTarget {
  const config = parseTargetName(name, '--target');
  if (!config.ok) throw new UsageError(`--target: ${config.error.detail}`);
  return { name, config: config.value };
}

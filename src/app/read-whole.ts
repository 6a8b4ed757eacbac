import type { Bytes } from '../base/units.js';
import type { Target } from './ports.js';

/** A text file of the user's settings or build; empty when it is not there, can't be read, or is longer than `limit`. */
export async function readWhole(target: Target, path: string, limit: Bytes = 64 << 20): Promise<string> {
  const facts = await target.stat(path);
  if (!facts.ok || facts.value.kind !== 'file' || facts.value.size > limit) return '';
  let text = '';
  try {
    for await (const chunk of target.readText(path)) text += chunk;
  } catch {
    return '';
  }
  return text;
}

import { splitWords } from '../base/shell-words.js';
import { UsageError } from './usage.js';

/** The command that gives a command the rights of root there, as node:util's parseArgs takes it. */
export const ROOT_OPTIONS = { 'root-command': { type: 'string' } } as const;

/** The words of --root-command, by the quoting rules of the shell; no words without it. */
export function rootCommandOf(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const words = splitWords(text);
  if (words === undefined) throw new UsageError(`a quote of --root-command is not closed: ${text}`);
  if (words.length === 0) throw new UsageError('--root-command takes a command that runs its words as root, as "sudo -n"');
  return words;
}

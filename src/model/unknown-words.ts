import type { Unknown } from './process.js';

/** Why a value is not there, beside its name. */
export const UNKNOWN_NOTES: Readonly<Record<Unknown, string>> = {
  permission: 'needs the same user, or root',
  'not-yet': 'not read yet',
  'not-supported': 'this kernel does not tell',
  'no-memory-map': 'a kernel thread has no memory of its own',
};

/** The same where there is room for a sentence. */
export const UNKNOWN_SENTENCES: Readonly<Record<Unknown, string>> = {
  permission: 'Not known: reading it needs the same user or root.',
  'not-yet': 'Not read yet: it is read in turn, within a budget of time.',
  'not-supported': 'Not known: the kernel of the target does not tell.',
  'no-memory-map': 'None: the process has no memory map.',
};

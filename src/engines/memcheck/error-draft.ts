import { ownValue } from '../../base/own-value.js';
import type { Finding, LeakKind } from '../../model/finding.js';
import type { Frame, Stack, StackRole } from '../../model/stack.js';

/** What was read of one error, in the words of valgrind, whichever of its two formats they came in. */
export interface ErrorDraft {
  /** The `<kind>` of the XML protocol. */
  kind: string;
  /** The headline; empty until it was seen. */
  message: string;
  /** Sentences after the headline that belong to no stack. */
  readonly details: string[];
  /** The first has no label; the others have the sentence before them, when there is one. */
  readonly stacks: { label?: string; frames: Frame[] }[];
  /** `<leakedbytes>` and `<leakedblocks>`: only XML has them. */
  leakedBytes?: number;
  leakedBlocks?: number;
  /** `<siaddr>` of a fatal signal. */
  address?: string;
}

export function newDraft(kind: string, message: string): ErrorDraft {
  return { kind, message, details: [], stacks: [] };
}

/** `1,024 (256 direct, 768 indirect) bytes in 1 blocks are definitely lost in loss record 2 of 3`, in numbers. */
export interface LeakHeadline {
  readonly leakKind: LeakKind;
  /** Of the blocks themselves. */
  readonly bytes: number;
  /** Of the blocks that only they point to. 0 when the headline does not tell. */
  readonly indirectBytes: number;
  readonly blocks: number;
}

// A number, and the growth since the last leak check: `19,400 (+400)` (Valgrind manual 4.6, leak_check increased).
const AMOUNT = '(\\d[\\d,]*)(?: \\([+-][\\d,]+\\))?';
const LEAK = new RegExp(
  `^${AMOUNT} (?:\\(${AMOUNT} direct, ${AMOUNT} indirect\\) )?bytes in ${AMOUNT} blocks are ` +
    '(definitely lost|indirectly lost|possibly lost|still reachable)\\b',
);

const LEAK_WORDS: Readonly<Record<string, LeakKind>> = {
  'definitely lost': 'definitely',
  'indirectly lost': 'indirectly',
  'possibly lost': 'possibly',
  'still reachable': 'reachable',
};

export function readLeakHeadline(text: string): LeakHeadline | undefined {
  const match = LEAK.exec(text);
  const leakKind = LEAK_WORDS[match?.[5] ?? ''];
  if (match === null || leakKind === undefined) return undefined;
  return {
    leakKind,
    bytes: readNumber(match[2] ?? match[1] ?? ''),
    indirectBytes: readNumber(match[3] ?? ''),
    blocks: readNumber(match[4] ?? ''),
  };
}

/** The bytes that only a definitely lost block points to; 0 when its headline does not tell. */
export function readIndirectPart(message: string): number {
  return message.includes(' indirect) ') ? (readLeakHeadline(message)?.indirectBytes ?? 0) : 0;
}

/** A number of valgrind's, with commas between the thousands. 0 for anything else. */
export function readNumber(text: string): number {
  const value = Number.parseInt(text.includes(',') ? text.replaceAll(',', '') : text, 10);
  return Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

const LEAK_KINDS: Readonly<Record<string, LeakKind>> = {
  Leak_DefinitelyLost: 'definitely',
  Leak_IndirectlyLost: 'indirectly',
  Leak_PossiblyLost: 'possibly',
  Leak_StillReachable: 'reachable',
};

// Invalid read of size 4 (memcheck); Possible data race during write of size 4 at 0x5000040 by thread #1 (helgrind).
const ACCESS = /\b(read|write) of size (\d[\d,]*)(?: at (0x[0-9A-Fa-f]+))?/;
// Use of uninitialised value of size 8.
const USE = /\bvalue of size (\d[\d,]*)$/;
const ADDRESS = /^Address (0x[0-9A-Fa-f]+) /;

export function draftToFinding(draft: ErrorDraft, engine: string, pid: number | undefined, count = 1): Finding {
  const leakKind = ownValue(LEAK_KINDS, draft.kind);
  const stacks = draft.stacks.map((stack, index): Stack => {
    const role = index === 0 ? firstRole(draft.kind) : roleOfLabel(stack.label);
    return stack.label === undefined ? { role, frames: stack.frames } : { role, label: stack.label, frames: stack.frames };
  });
  const common = { count, ...(pid === undefined ? {} : { pid }), stacks };
  if (leakKind !== undefined) {
    const told = readLeakHeadline(draft.message);
    return {
      engine,
      kind: 'leak',
      leakKind,
      certainty: leakKind === 'definitely' || leakKind === 'indirectly' ? 'definite' : 'possible',
      message: draft.message,
      bytes: told?.bytes ?? draft.leakedBytes ?? 0,
      blocks: draft.leakedBlocks ?? told?.blocks ?? 0,
      ...common,
    };
  }
  const access = ACCESS.exec(draft.message);
  const use = access === null ? USE.exec(draft.message) : null;
  const address = access?.[3] ?? draft.address ?? findAddress(draft);
  return {
    engine,
    kind: draft.kind,
    certainty: draft.message.startsWith('Possible ') ? 'possible' : 'definite',
    message: draft.message,
    ...(access === null ? {} : { access: access[1] as 'read' | 'write', size: readNumber(access[2] as string) }),
    ...(use === null ? {} : { size: readNumber(use[1] as string) }),
    ...(address === undefined ? {} : { address }),
    ...common,
    ...(draft.details.length === 0 ? {} : { details: draft.details }),
  };
}

function findAddress(draft: ErrorDraft): string | undefined {
  for (const sentence of draft.details) {
    const match = ADDRESS.exec(sentence);
    if (match !== null) return match[1];
  }
  return undefined;
}

/** Where it happened. The stack of `FdNotClosed` is where the descriptor was opened. */
function firstRole(kind: string): StackRole {
  if (kind in LEAK_KINDS) return 'allocation';
  if (kind === 'InvalidFree' || kind.startsWith('Mismatched')) return 'free';
  return kind === 'FdNotClosed' ? 'other' : 'access';
}

/** What the stack after one of valgrind's sentences shows (coregrind/m_addrinfo.c, memcheck/mc_errors.c). */
function roleOfLabel(label: string | undefined): StackRole {
  if (label === undefined) return 'other';
  if (label.endsWith(" alloc'd") || label.endsWith(' client-defined') || label.startsWith("Block was alloc'd"))
    return 'allocation';
  if (label.endsWith(" free'd")) return 'free';
  if (label.startsWith('Uninitialised value was created')) return 'origin';
  if (label.startsWith('This conflicts with a previous')) return 'access';
  return label.includes(' was created') ? 'thread' : 'other';
}

/** Signals that a fault of the program raises; the others (SIGTERM, SIGINT) are somebody's wish and no finding. */
const FAULT_SIGNALS = new Set(['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGABRT', 'SIGTRAP', 'SIGSYS']);

/**
 * Whether a fatal signal is worth a finding of its own: it is a fault, valgrind told where, and the error it told just
 * before is not the same access.
 */
export function isOwnFault(signal: string, draft: ErrorDraft, last: ErrorDraft | undefined): boolean {
  const top = draft.stacks[0]?.frames[0];
  if (!FAULT_SIGNALS.has(signal) || top === undefined) return false;
  const sameKind = last !== undefined && /^Invalid(?:Read|Write|Jump)$/.test(last.kind);
  const lastTop = sameKind ? last.stacks[0]?.frames[0] : undefined;
  return lastTop === undefined || lastTop.address !== top.address;
}

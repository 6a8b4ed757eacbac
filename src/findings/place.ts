import type { Finding, Place } from '../model/finding.js';
import type { PlacedFinding } from '../model/report.js';
import type { Frame, Stack } from '../model/stack.js';
import { kernelAllocators } from './kernel-frame.js';
import { runtimeEvidence } from './runtime-frame.js';

/** An existing source file on this machine. */
export interface Located {
  /** Absolute. */
  readonly path: string;
  readonly owner: 'workspace' | 'elsewhere';
}

/** Where the file that an engine printed is here; undefined when it was not found. The frame helps where names are ambiguous. */
export type Locate = (file: string, frame: Frame) => Located | undefined;

interface Candidate {
  readonly stack: number;
  readonly frame: number;
  readonly entry: Frame;
  readonly located: Located | undefined;
}

const hasLine = (frame: Frame): boolean => frame.line !== undefined && frame.line > 0;

/** In a kernel's tree the allocator's files lie in the workspace, too, and names of libc are its own. */
const kernelEvidence = (frame: Frame, isAllocator: boolean): 'origin' | undefined =>
  frame.function === undefined || isAllocator ? 'origin' : undefined;

function userFrames(engine: string, stack: Stack, index: number, locate: Locate): Candidate[] {
  const found: Candidate[] = [];
  const isKernel = engine === 'kmemleak';
  const allocators = isKernel ? kernelAllocators(stack.frames) : [];
  for (const [frame, entry] of stack.frames.entries()) {
    const located = entry.file === undefined ? undefined : locate(entry.file, entry);
    const evidence = isKernel ? kernelEvidence(entry, allocators[frame] === true) : runtimeEvidence(entry);
    // A bare `malloc.c` that lies in the workspace is the user's; libc's own folder or module is not made his by a name.
    if (evidence === undefined || (evidence === 'name' && located?.owner === 'workspace')) {
      found.push({ stack: index, frame, entry, located });
    }
  }
  return isKernel ? ofFirstModule(found) : found;
}

/** What calls a module is none of its leak: of a module whose lines are not known, no line of the kernel behind it is taken. */
function ofFirstModule(candidates: Candidate[]): Candidate[] {
  const first = candidates.findIndex(({ entry }) => entry.module !== undefined);
  if (first < 0) return candidates;
  const { module } = candidates[first]!.entry;
  return candidates.filter(({ entry }, at) => at <= first || entry.module === module);
}

/** The first one with a line, else the first one: a frame without a line can't be shown in the source. */
function firstOf(candidates: readonly Candidate[], fits: (candidate: Candidate) => boolean): Candidate | undefined {
  const fitting = candidates.filter(fits);
  return fitting.find((candidate) => hasLine(candidate.entry)) ?? fitting[0];
}

const inWorkspace = (candidate: Candidate): boolean => candidate.located?.owner === 'workspace';

function choose(finding: Finding, locate: Locate): Candidate | undefined {
  const isLeak = finding.kind === 'leak';
  const primary = isLeak
    ? Math.max(
        0,
        finding.stacks.findIndex((stack) => stack.role === 'allocation'),
      )
    : 0;
  const stack = finding.stacks[primary];
  if (stack === undefined) return undefined;
  const own = userFrames(finding.engine, stack, primary, locate);
  const inSource =
    firstOf(own, inWorkspace) ??
    firstOf(own, (candidate) => candidate.located !== undefined) ??
    own.find(({ entry }) => entry.file !== undefined && hasLine(entry));
  if (inSource !== undefined) return inSource;
  if (!isLeak) {
    // The error happened where no source is known: the block's own history is a fair place, but only in the user's code.
    const others = [...finding.stacks.entries()].filter(([index]) => index !== primary);
    others.sort(([, a], [, b]) => Number(a.role === 'thread') - Number(b.role === 'thread'));
    for (const [index, other] of others) {
      const found = firstOf(userFrames(finding.engine, other, index, locate), inWorkspace);
      if (found !== undefined) return found;
    }
  }
  return own.find(({ entry }) => entry.file !== undefined) ?? own.find(({ entry }) => entry.function !== undefined);
}

function placeOf({ entry, located }: Candidate): Place {
  const line = hasLine(entry) ? (entry.line ?? null) : null;
  const column = line !== null && entry.column !== undefined && entry.column > 0 ? entry.column : null;
  return { function: entry.function ?? null, file: located?.path ?? entry.file ?? null, line, column };
}

/**
 * The frame that a person should look at first. In the stack where it happened: the first frame in the workspace, else the
 * first whose source exists, else the first as the engine printed it; a runtime's frame never.
 */
export function placeFinding(finding: Finding, locate: Locate): Pick<PlacedFinding, 'place' | 'placeFrame' | 'sources'> {
  const sources = new Map<string, string>();
  for (const frame of finding.stacks.flatMap((stack) => stack.frames)) {
    if (frame.file === undefined || sources.has(frame.file)) continue;
    const located = locate(frame.file, frame);
    if (located !== undefined) sources.set(frame.file, located.path);
  }
  const chosen = choose(finding, locate);
  // fromEntries makes `__proto__` a key like any other
  const found = Object.fromEntries(sources);
  if (chosen === undefined) return { place: null, sources: found };
  return { place: placeOf(chosen), placeFrame: { stack: chosen.stack, frame: chosen.frame }, sources: found };
}

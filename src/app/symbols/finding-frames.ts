import { baseName } from '../../base/path.js';
import type { Finding } from '../../model/finding.js';
import type { Frame } from '../../model/stack.js';
import { callKey, callOf } from './kernel-call.js';
import type { KernelFrames } from './kernel-names.js';
import type { SymbolFrame } from './symbol-frame.js';

/** The system's own libraries hold no line of the user. */
const SYSTEM_MODULE = /^\/(usr\/)?lib(32|64|x32)?\/|^\[|libclang_rt\./;

/** Offsets of one module, as they are linked. */
export type ModuleOffsets = ReadonlyMap<string, ReadonlySet<number>>;

/** Frames that lack a line, and with `columns` those that lack a column only. */
export function wantedOffsets(findings: readonly Finding[], columns: boolean): ModuleOffsets {
  const wanted = new Map<string, Set<number>>();
  for (const { stacks } of findings) {
    for (const { frames } of stacks) {
      for (const frame of frames) {
        const offset = offsetOf(frame);
        if (offset === undefined || frame.module === undefined || !frame.module.startsWith('/')) continue;
        if (SYSTEM_MODULE.test(frame.module) || (frame.file !== undefined && (frame.column !== undefined || !columns))) continue;
        const offsets = wanted.get(frame.module) ?? new Set();
        wanted.set(frame.module, offsets.add(offset));
      }
    }
  }
  return wanted;
}

/** What an engine has told of its modules; more than one: the findings are of processes with different ones. */
export function buildIdsOf(findings: readonly Finding[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const { stacks } of findings) {
    for (const { frames } of stacks) {
      for (const { module, buildId } of frames) {
        if (module === undefined || buildId === undefined) continue;
        const known = ids.get(module) ?? [];
        if (!known.includes(buildId)) ids.set(module, [...known, buildId]);
      }
    }
  }
  return ids;
}

export type FramesAt = (module: string, offset: number) => readonly SymbolFrame[] | undefined;

/** Function, file and line where they are missing, and the column where the line is the same. Never replaces what the engine said. */
export function completedFindings(findings: readonly Finding[], framesAt: FramesAt): readonly Finding[] {
  return findings.map((finding) => ({
    ...finding,
    stacks: finding.stacks.map((stack) => ({ ...stack, frames: stack.frames.flatMap((frame) => completed(frame, framesAt)) })),
  }));
}

/** Lines of calls in a kernel; what was inlined stands before the function, and has neither its offset nor its address. */
export function withKernelLines(findings: readonly Finding[], lines: KernelFrames): readonly Finding[] {
  return findings.map((finding) => ({
    ...finding,
    stacks: finding.stacks.map((stack) => ({ ...stack, frames: stack.frames.flatMap((frame) => withLines(frame, lines)) })),
  }));
}

function withLines(frame: Frame, lines: KernelFrames): readonly Frame[] {
  const call = callOf(frame);
  const symbols = call === undefined ? undefined : lines.get(callKey(call));
  if (symbols === undefined) return [frame];
  const { module } = frame;
  return symbols.map((symbol, at) =>
    at === symbols.length - 1
      ? { ...frame, ...symbol, inlined: false }
      : { ...symbol, ...(module === undefined ? {} : { module }), inlined: true },
  );
}

function completed(frame: Frame, framesAt: FramesAt): readonly Frame[] {
  const offset = offsetOf(frame);
  const symbols = offset === undefined ? undefined : framesAt(frame.module ?? '', offset);
  if (symbols === undefined || symbols.length === 0) return [frame];
  if (frame.file !== undefined) {
    if (frame.column !== undefined) return [frame];
    const same = symbols.find(
      (symbol) => symbol.line === frame.line && baseName(symbol.file ?? '') === baseName(frame.file ?? ''),
    );
    return [same?.column === undefined ? frame : { ...frame, column: same.column }];
  }
  if (symbols.some((symbol) => symbol.file !== undefined)) {
    return symbols.map((symbol, index) => ({ ...frame, ...symbol, inlined: index < symbols.length - 1 }));
  }
  const name = symbols.at(-1)?.function;
  return [frame.function !== undefined || name === undefined ? frame : { ...frame, function: name }];
}

function offsetOf({ offset }: Frame): number | undefined {
  const value = offset !== undefined && /^0x[0-9a-f]{1,14}$/i.test(offset) ? Number(offset) : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}

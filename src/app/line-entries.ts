import type { Finding, Place } from '../model/finding.js';
import type { PlacedFinding } from '../model/report.js';
import type { Frame, StackRole } from '../model/stack.js';
import type { StoredReport } from './findings-store.js';

export interface StoredFinding {
  readonly stored: StoredReport;
  readonly finding: PlacedFinding;
}

/** All findings whose place is one line of a file that exists here. */
export interface LineEntry {
  /** Absolute. */
  readonly file: string;
  /** From 1, as the report has it. */
  readonly line: number;
  readonly findings: readonly StoredFinding[];
}

/** The place of a finding, when it is a line of a file that exists here; a squiggle can stand nowhere else. */
export function openPlace(finding: PlacedFinding): (Place & { readonly file: string; readonly line: number }) | undefined {
  const { place } = finding;
  if (place === null || place.file === null || place.line === null || place.line < 1) return undefined;
  if (!Object.values(finding.sources).includes(place.file)) return undefined;
  return { ...place, file: place.file, line: place.line };
}

export function lineEntries(reports: readonly StoredReport[]): readonly LineEntry[] {
  const entries = new Map<string, { file: string; line: number; findings: StoredFinding[] }>();
  for (const stored of reports) {
    for (const finding of stored.report.findings) {
      const place = openPlace(finding);
      if (place === undefined) continue;
      const key = `${place.line}:${place.file}`;
      const entry = entries.get(key) ?? { file: place.file, line: place.line, findings: [] };
      entry.findings.push({ stored, finding });
      entries.set(key, entry);
    }
  }
  return [...entries.values()];
}

/** A frame with the file and line that it leads to on this machine. */
export interface OpenFrame {
  readonly frame: Frame;
  readonly role: StackRole;
  /** Absolute path of an existing file. */
  readonly file: string;
  readonly line: number;
  /** It is the finding's place. */
  readonly isPlace: boolean;
}

/** Every frame of the finding that leads to a line here, stack by stack, innermost first. */
export function openFrames(finding: PlacedFinding): readonly OpenFrame[] {
  return finding.stacks.flatMap((stack, s) =>
    stack.frames.flatMap((frame, f): OpenFrame[] => {
      const file = sourceOf(finding, frame);
      if (file === undefined || frame.line === undefined || frame.line < 1) return [];
      const isPlace = finding.placeFrame?.stack === s && finding.placeFrame.frame === f;
      return [{ frame, role: stack.role, file, line: frame.line, isPlace }];
    }),
  );
}

/** Absolute path of the frame's file, when it exists here. */
export function sourceOf(finding: PlacedFinding, frame: Frame): string | undefined {
  return frame.file !== undefined && Object.hasOwn(finding.sources, frame.file) ? finding.sources[frame.file] : undefined;
}

/** The name of the function that the place's line calls: that of the next inner frame. */
export function calleeAtPlace(finding: PlacedFinding): string | undefined {
  const at = finding.placeFrame;
  return at === undefined ? undefined : finding.stacks[at.stack]?.frames[at.frame - 1]?.function;
}

/** Every stack as text, as debuggers print it: for the clipboard. */
export function stackText(headline: string, finding: Finding, roleTitle: (role: StackRole) => string): string {
  const lines = [headline];
  for (const stack of finding.stacks) {
    lines.push('', `${stack.label ?? roleTitle(stack.role)}:`);
    for (const [i, frame] of stack.frames.entries()) {
      const where =
        frame.file !== undefined
          ? `${frame.file}${frame.line === undefined ? '' : `:${frame.line}`}${frame.column === undefined ? '' : `:${frame.column}`}`
          : `${frame.module ?? '??'}${frame.offset === undefined ? '' : `+${frame.offset}`}`;
      lines.push(`  #${i} ${frame.function ?? frame.address ?? '??'} (${where})${frame.inlined === true ? ' [inlined]' : ''}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

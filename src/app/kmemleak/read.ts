import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { assembleReport } from '../../findings/assemble.js';
import type { Note } from '../../model/finding.js';
import { type OpenedReport, openReport, type ReportNames } from '../open-report.js';
import type { SourceLocator } from '../source-locator.js';
import type { KernelAccess } from '../system/kernel-access.js';
import { chunksAsRoot } from '../system/root-stream.js';
import { Utf8Chunks } from '../utf8-chunks.js';
import type { KmemleakWork } from './commands.js';
import { type KmemleakState, readKmemleakState } from './state.js';
import { kmemleakFault } from './state-words.js';

export interface KmemleakReading extends KmemleakWork {
  readonly locator: SourceLocator;
  readonly names?: ReportNames;
  readonly onBytes?: (bytes: number) => void;
}

/** What it has reported since the boot or the last clear, as findings; none is no fault. Faults: `engine-unfit`, `cancelled`, those of the file and of the target. */
export async function readKmemleak(access: KernelAccess, reading: KmemleakReading): Promise<Result<OpenedReport, Fault>> {
  const state = await readKmemleakState(access, reading.cancel);
  return state.ok ? readReported(access, state.value, reading) : state;
}

/** The same, of a state that is known. */
export async function readReported(
  access: KernelAccess,
  state: KmemleakState,
  { clock, cancel, locator, names, onStep, onBytes }: KmemleakReading,
): Promise<Result<OpenedReport, Fault>> {
  const fault = state.standing === 'off' || state.standing === 'unclear' ? undefined : kmemleakFault(state);
  if (fault !== undefined) return err(fault);
  onStep?.('reading');
  const { id } = access.target;
  const name = id === 'local' ? state.file : `${id}:${state.file}`;
  // In an object: what is read sets it.
  const told = { bytes: 0, isEmpty: true };
  async function* text(): AsyncGenerator<string> {
    const decoder = new Utf8Chunks();
    for await (const chunk of chunksAsRoot(access, state.file, { clock, cancel })) {
      told.bytes += chunk.length;
      onBytes?.(told.bytes);
      const piece = decoder.push(chunk);
      told.isEmpty &&= piece.trim() === '';
      yield piece;
    }
    yield decoder.end();
  }
  const opened = await openReport({ name, text: text() }, locator, cancel, names);
  if (opened.ok)
    return ok({ ...opened.value, report: { ...opened.value.report, notes: [...opened.value.report.notes, ...notesOf(state)] } });
  if (opened.error.code !== 'unrecognised-report' || !told.isEmpty) return opened;
  const nothing = { findings: [], notes: notesOf(state), partial: false };
  const report = assembleReport(nothing, await locator.prepare([]));
  return ok({ source: name, report, missingFiles: [] });
}

function notesOf({ standing }: KmemleakState): readonly Note[] {
  if (standing !== 'off') return [];
  return [
    {
      severity: 'warning',
      code: 'kmemleak-off',
      text: 'kmemleak is switched off now: this is what it had found before.',
    },
  ];
}

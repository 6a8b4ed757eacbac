import * as vscode from 'vscode';
import { languageOf } from '../app/build-source.js';
import type { CopyRequest } from '../app/copy-files.js';
import { discoverRuns } from '../app/discover.js';
import { memoryFileKindOf } from '../app/kernel-files/file-kind.js';
import { openMemoryFile } from '../app/kernel-files/open-file.js';
import { fitFolder } from '../app/missing-sources.js';
import type { ReportNames } from '../app/open-report.js';
import { type ProfilePorts, Profiler } from '../app/profile.js';
import { programFacts } from '../app/program-facts.js';
import { SourceLocator } from '../app/source-locator.js';
import { Symbolizer, USUAL_SYMBOLS } from '../app/symbols/symbolizer.js';
import { ok } from '../base/result.js';
import { runEditorTask } from './editor-tasks.js';
import { pickProgram } from './run-picker.js';
import type { Services } from './services.js';
import { TerminalStage } from './terminal-stage.js';

/** The use cases with the editor's own ports. Loads every engine: for the first run, not for `activate`. */
export function createServices(ports: Omit<ProfilePorts, 'stage' | 'runTask' | 'chooseProgram'>, home: string): Services {
  const { target, confirmCopy } = ports;
  /** Runs whose copy the user has agreed to, until the window is closed. */
  const agreed = new Set<string>();
  const profiler = new Profiler({
    ...ports,
    ...(confirmCopy === undefined
      ? {}
      : {
          confirmCopy: async (request: CopyRequest): Promise<boolean> => {
            const key = JSON.stringify([request.target, request.run]);
            const agrees = agreed.has(key) || (await confirmCopy(request));
            if (agrees) agreed.add(key);
            return agrees;
          },
        }),
    stage: new TerminalStage(ports.clock, home),
    runTask: runEditorTask,
    chooseProgram: pickProgram,
  });
  const symbolSettings = ports.symbols ?? (() => USUAL_SYMBOLS);
  const symbols = new Symbolizer({ host: target, log: ports.log, settings: symbolSettings });
  const namesFor = async (path: string): Promise<ReportNames> => {
    const { debugDirectories, debuginfod } = symbolSettings();
    // As the command line does: without a word of the user a build-id must say that a module is the same.
    if (debugDirectories.length === 0 && debuginfod === 'off') return { symbols, origin: { isForeign: true } };
    const facts = await target.stat(path);
    const takenMs = facts.ok ? facts.value.modifiedMs : undefined;
    return { symbols, origin: takenMs === undefined ? {} : { takenMs } };
  };
  return {
    profile: (config, options) => profiler.profile(config, options),
    engines: (subject, named) => profiler.engines(subject, named),
    subjectOf: async ({ subject, build, target: named }) => {
      if (subject.form === 'source') return ok({ form: 'source', language: languageOf(subject.file) ?? 'c' });
      // What a build has yet to make is like a source: nothing is known of it.
      if (build !== undefined) return ok({ form: 'source', language: 'c' });
      const there = named === undefined ? undefined : ports.openTarget?.(named);
      const isThere = there !== undefined && (await there.stat(subject.path)).ok;
      const facts = await programFacts(isThere ? there : target, subject.path);
      return facts.ok ? ok({ form: 'program', program: facts.value }) : facts;
    },
    discover: (folder, variable, cancel) => discoverRuns(target, folder, variable, cancel),
    openReport: async (path, roots, cancel, onNames) => {
      // A kernel names its files relative to its tree.
      const baseDirectories = [...new Set([...roots.workspaceFolders, ...(symbolSettings().kernelTrees ?? [])])];
      const locator = new SourceLocator(target, { ...roots, baseDirectories });
      // Tools are started for names, and in a folder that is not trusted none is.
      const names = vscode.workspace.isTrusted ? await namesFor(path) : undefined;
      const unpackers = await ports.unpackers();
      const kind = await memoryFileKindOf(target.readChunks(path), path, unpackers);
      if (kind === 'heap') return ok({ page: 'heap' });
      if (kind === 'vmallocinfo' || kind === 'slabinfo') return ok({ page: 'system' });
      const opened = await openMemoryFile(target.readChunks(path), path, {
        unpackers,
        locator,
        cancel,
        ...(names === undefined ? {} : { names: { ...names, onBegin: onNames } }),
      });
      if (!opened.ok) {
        const isMeminfo = opened.error.code === 'unrecognised-report' && opened.error.holds === 'meminfo';
        return isMeminfo ? ok({ page: 'system' }) : opened;
      }
      if (opened.value.kind === 'report') return ok(opened.value.opened);
      return ok({ page: opened.value.kind === 'oom' ? 'oom' : opened.value.kind === 'heap' ? 'heap' : 'system' });
    },
    fitFolder: (files, folder) => fitFolder(target, files, folder),
  };
}

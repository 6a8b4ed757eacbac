import { languageOf } from '../app/build-source.js';
import type { CopyRequest } from '../app/copy-files.js';
import { discoverRuns } from '../app/discover.js';
import { fitFolder } from '../app/missing-sources.js';
import { openReport } from '../app/open-report.js';
import { type ProfilePorts, Profiler } from '../app/profile.js';
import { programFacts } from '../app/program-facts.js';
import { SourceLocator } from '../app/source-locator.js';
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
    openReport: (path, roots, cancel) => {
      const locator = new SourceLocator(target, { ...roots, baseDirectories: roots.workspaceFolders });
      return openReport({ name: path, text: target.readText(path) }, locator, cancel);
    },
    fitFolder: (files, folder) => fitFolder(target, files, folder),
  };
}

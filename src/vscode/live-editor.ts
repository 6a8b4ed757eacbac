import type * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import { LOCAL } from '../app/monitors.js';
import type { Clock, Log } from '../app/ports.js';
import type { KeptSubject } from '../app/subject.js';
import { Utf8Chunks } from '../app/utf8-chunks.js';
import { DisposableStore } from '../base/dispose.js';
import type { NamedTarget } from '../model/target-config.js';
import { parseStatLayout } from '../procfs/stat-layout.js';
import type { CommandId } from './command-ids.js';
import type { FaultMessages } from './fault-messages.js';
import { type LeakCheckParts, LeakChecks } from './leak-check-commands.js';
import { LiveAttach, type LiveAttachOptions } from './live-attach.js';
import { FindingProcess } from './live-finding-process.js';
import type { LiveRequest } from './live-request.js';
import type { LoadLive } from './live-services.js';
import { LiveSessions } from './live-sessions.js';
import type { TrendEditor } from './trend-editor.js';

export interface LiveEditorOptions {
  readonly load: LoadLive;
  readonly trends: TrendEditor;
  readonly store: FindingsStore;
  readonly faults: FaultMessages;
  readonly clock: Clock;
  readonly log: Log;
  readonly running: LeakCheckParts['running'];
  readonly onFound: () => Promise<void>;
  readonly showHeap: LiveAttachOptions['showHeap'];
}

type LiveCommandId = Extract<
  CommandId,
  'checkLeaks' | 'showChecks' | 'attach' | 'showLive' | 'stopLive' | 'showFindingTrend' | 'showFindingMap'
>;

/** Live processes in the editor: leak checks of what MemLens runs, and looks into what runs already. Nothing happens before it is asked. */
export class LiveEditor implements vscode.Disposable {
  private readonly disposables = new DisposableStore();
  readonly checks: LeakChecks;
  readonly commands: Readonly<Record<LiveCommandId, (...args: readonly unknown[]) => unknown>>;

  constructor(options: LiveEditorOptions) {
    const { trends, store, faults, clock, log, running, onFound, showHeap, load } = options;
    const loadTrends = () => trends.load();
    const subjectOf = async (named: NamedTarget | undefined, pid: number): Promise<KeptSubject | undefined> => {
      const target = named ?? LOCAL;
      const read = await (await trends.load()).target(target).readBytes(`/proc/${pid}/stat`, { length: 4096 });
      const facts = read.ok ? parseStatLayout(new Utf8Chunks().push(read.value)) : undefined;
      if (facts === undefined) return undefined;
      return { target, process: { pid, startTicks: facts.startTicks, command: facts.command } };
    };
    this.checks = this.disposables.add(new LeakChecks({ store, faults, clock, log, onFound, running, subjectOf }));
    const sessions = this.disposables.add(new LiveSessions(clock));
    const startAgain = (request: LiveRequest) => trends.startAgain(request);
    const attach = new LiveAttach({
      load,
      trends: loadTrends,
      sessions,
      store,
      faults,
      clock,
      log,
      startAgain,
      showHeap,
      epochMs: () => Date.now(),
    });
    const back = new FindingProcess(store, {
      trendOf: (subject) => trends.showTrendOf(subject),
      mapOf: (subject, regions) => trends.showMapOf(subject, regions),
    });
    this.commands = {
      checkLeaks: (args) => this.checks.check(args),
      showChecks: () => this.checks.history(),
      attach: (process) => attach.attach(process),
      showLive: (id) => sessions.showHeap(id),
      stopLive: (id) => sessions.stop(id),
      showFindingTrend: (args) => back.trend(args),
      showFindingMap: (args) => back.map(args),
    };
  }

  dispose(): void {
    this.disposables.dispose();
  }
}

import * as vscode from 'vscode';
import { findProgram } from '../app/find-program.js';
import { LOCAL, type Monitors } from '../app/monitors.js';
import type { Clock } from '../app/ports.js';
import type { Watched, WatchList } from '../app/watch-list.js';
import { type Cancel, CancelSource } from '../base/cancel.js';
import { DisposableStore } from '../base/dispose.js';
import type { NamedTarget } from '../model/target-config.js';

/** The part of the Debug Adapter Protocol that tells of processes and stops. */
interface AdapterMessage {
  readonly type?: unknown;
  readonly event?: unknown;
  readonly body?: {
    readonly systemProcessId?: unknown;
    readonly isLocalProcess?: unknown;
    readonly reason?: unknown;
    readonly description?: unknown;
  };
}

/**
 * Watches what is debugged and what MemLens runs, while it lasts. Adapters tell the process id in the `process` event of the Debug
 * Adapter Protocol; one that does not is not watched.
 */
export class AutoWatch implements vscode.Disposable {
  private readonly disposables = new DisposableStore();

  constructor(
    private readonly load: () => Promise<{ readonly monitors: Monitors; readonly watches: WatchList; readonly clock: Clock }>,
    private readonly enabled: (what: 'runs' | 'debugSessions') => boolean,
  ) {
    this.disposables.add(
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: (session) => (this.enabled('debugSessions') ? this.tracker(session) : undefined),
      }),
    );
  }

  /** The program that a run has started, as the child of `leader` on its target; the answer ends the watch. */
  runStarted(leader: number, title: string, target: NamedTarget = LOCAL): () => void {
    if (!this.enabled('runs')) return () => undefined;
    const over = new CancelSource();
    const watched = this.watchRun(leader, target, over);
    void watched.then((there) => there?.monitor.mark({ kind: 'run-begin', process: there.watch.id, detail: title }));
    return () => {
      over.cancel();
      void watched.then((there) => there?.monitor.mark({ kind: 'run-end', process: there.watch.id, detail: title }));
      void this.end(watched);
    };
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private tracker(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    let watched: Promise<Watched | undefined> | undefined;
    return {
      onDidSendMessage: (message: AdapterMessage) => {
        if (message.type !== 'event') return;
        const pid = message.body?.systemProcessId;
        if (message.event === 'process' && typeof pid === 'number' && message.body?.isLocalProcess !== false) {
          watched ??= this.watch(pid, 'debug-session');
        }
        if (message.event !== 'stopped') return;
        const reason = message.body?.description ?? message.body?.reason;
        const detail = typeof reason === 'string' ? reason : session.name;
        void watched?.then((there) => there?.monitor.mark({ kind: 'breakpoint', process: there.watch.id, detail }));
      },
      onWillStopSession: () => void (watched === undefined ? undefined : this.end(watched)),
    };
  }

  private async watchRun(leader: number, target: NamedTarget, over: Cancel): Promise<Watched | undefined> {
    const { monitors, clock } = await this.load();
    const pid = await findProgram(monitors.of(target), leader, clock, over);
    return pid === undefined ? undefined : this.watch(pid, 'run', target);
  }

  private async watch(pid: number, by: Watched['by'], target: NamedTarget = LOCAL): Promise<Watched | undefined> {
    const { monitors, watches } = await this.load();
    const watched = await watches.add(monitors.of(target), pid, by);
    // A program that has ended already is nothing to complain about.
    return watched.ok ? watched.value : undefined;
  }

  private async end(watched: Promise<Watched | undefined>): Promise<void> {
    const { watches } = await this.load();
    const there = await watched;
    if (there === undefined) return;
    // What the user has asked for meanwhile goes on.
    const now = watches.find(there.monitor, there.watch.id);
    if (now !== undefined && now.by !== 'user') watches.remove(now);
  }
}

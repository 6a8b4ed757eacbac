import * as vscode from 'vscode';
import type { BulkLineSink } from '../app/line-sink.js';
import { LOCAL, Monitors } from '../app/monitors.js';
import type { Clock, Log, Target } from '../app/ports.js';
import type { ReaderSource } from '../app/reader.js';
import { TrendMonitor } from '../app/trend-monitor.js';
import type { Cancel } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import { createSeriesTable } from '../insight/series-table.js';
import type { NamedTarget } from '../model/target-config.js';
import { monitorSettings } from './monitor-settings.js';
import { askSshQuestion, type SshQuestion } from './ssh-questions.js';
import type { TrendServices } from './trend-services.js';

export type OpenTarget = Target & ReaderSource & Disposable;

export interface TargetOptions {
  readonly log: Log;
  readonly ask: (question: SshQuestion, cancel: Cancel) => Promise<string | undefined>;
  /** The program that brings the questions of ssh here: media/askpass.sh. */
  readonly askpass: string;
  /** For `ssh -F`; absent: the user's own. */
  readonly sshConfigFile?: string;
}

export interface TrendParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly epochMs: () => Milliseconds;
  readonly createTarget: (named: NamedTarget, options: TargetOptions) => OpenTarget;
  readonly askpass: string;
  readonly createFile: (path: string, replace: boolean) => Promise<Result<BulkLineSink, Fault>>;
  readonly sshHosts: (configFile?: string) => Promise<readonly string[]>;
}

/** The editor's targets, each with one connection for its monitor, its files and its programs. */
export function createTrends(parts: TrendParts): TrendServices {
  const { log, clock, epochMs } = parts;
  const open = new Map<string, OpenTarget>();
  const configFile = (): { readonly sshConfigFile?: string } => {
    const file = vscode.workspace.getConfiguration('memlens').get<unknown>('ssh.configFile');
    return typeof file === 'string' && file.trim() !== '' ? { sshConfigFile: file.trim() } : {};
  };
  const target = (named: NamedTarget): OpenTarget => {
    const key = JSON.stringify(named);
    let there = open.get(key);
    if (there === undefined) {
      const ask: TargetOptions['ask'] = (question, cancel) => askSshQuestion(named.name, question, cancel);
      there = parts.createTarget(named, { log, ask, askpass: parts.askpass, ...configFile() });
      open.set(key, there);
    }
    return there;
  };
  const monitors = new Monitors((named) => {
    const source = target(named);
    return new TrendMonitor({
      target: named,
      source,
      clock,
      epochMs,
      log,
      settings: monitorSettings(),
      createSeries: createSeriesTable,
    });
  });
  return {
    monitors,
    clock,
    epochMs,
    target,
    createFile: parts.createFile,
    sshHosts: () => parts.sshHosts(configFile().sshConfigFile),
    readText: (path) => target(LOCAL).readText(path),
    readChunks: (path) => target(LOCAL).readChunks(path),
    dispose() {
      monitors.dispose();
      for (const one of open.values()) one.dispose();
      open.clear();
    },
  };
}

import * as vscode from 'vscode';
import { briefFaultText, faultText } from '../app/fault-text.js';
import type { Log } from '../app/ports.js';
import type { Fault } from '../base/fault.js';
import type { CommandId } from './command-ids.js';
import type { CompilerDiagnostics } from './compiler-diagnostics.js';

interface Action {
  readonly title: string;
  readonly act: () => unknown;
}

/** Tells the user of a fault: what happened, what to do, and a button for it. */
export class FaultMessages {
  constructor(
    private readonly log: Log,
    private readonly compiler: CompilerDiagnostics,
  ) {}

  /** `others`: asks for another engine, or another way, for what failed. */
  show(fault: Fault, subject: string, others?: () => void, title = vscode.l10n.t('Other Engines…')): void {
    if (fault.code === 'cancelled') return;
    const { message, nextStep, detail } = faultText(fault);
    this.log.error(`${subject}: ${message} ${nextStep}${detail === undefined || detail === '' ? '' : `\n${detail}`}`);
    if (fault.code === 'build-failed' && fault.diagnostics.length > 0) void this.compiler.show(fault.diagnostics);
    const brief = briefFaultText(fault);
    // A command line of a compiler is long: it is in the log.
    const text = fault.code === 'build-failed' ? message : `${brief.message} ${brief.nextStep}`.trim();
    const actions = actionsFor(fault, others === undefined ? undefined : { title, act: others });
    void vscode.window.showErrorMessage(`MemLens: ${text}`, ...actions.map(({ title }) => title)).then((chosen) => {
      void actions.find(({ title }) => title === chosen)?.act();
    });
  }
}

function actionsFor(fault: Fault, others: Action | undefined): readonly Action[] {
  const command = (title: string, id: string, ...args: readonly unknown[]): Action => ({
    title,
    act: () => vscode.commands.executeCommand(id, ...args),
  });
  const ours = (title: string, id: CommandId): Action => command(title, `memlens.${id}`);
  const log = ours(vscode.l10n.t('Show Log'), 'showLog');
  switch (fault.code) {
    case 'untrusted-workspace':
      return [command(vscode.l10n.t('Manage Workspace Trust'), 'workbench.trust.manage')];
    case 'build-failed':
      return [command(vscode.l10n.t('Show Problems'), 'workbench.actions.view.problems'), log];
    case 'not-found':
      // Another process is chosen where this one was.
      return fault.what === 'process' ? [] : [ours(vscode.l10n.t('Select What to Profile…'), 'selectRun')];
    case 'no-main':
    case 'not-executable':
      return [ours(vscode.l10n.t('Select What to Profile…'), 'selectRun')];
    case 'engine-unfit':
    case 'tool-missing':
    case 'tool-too-old':
      return others === undefined ? [log] : [others, log];
    case 'bad-setting':
      return [
        command(vscode.l10n.t('Open Settings'), 'workbench.action.openSettings', fault.setting),
        command(vscode.l10n.t('Open settings.json'), 'workbench.action.openWorkspaceSettingsFile'),
      ];
    case 'unsupported-platform':
    case 'unrecognised-report':
    case 'unrecognised-map':
    case 'unrecognised-heap-profile':
    case 'unrecognised-system':
    case 'packed':
    case 'not-text':
      return [];
    default:
      return fault.code === 'tool-failed' && others !== undefined ? [others, log] : [log];
  }
}

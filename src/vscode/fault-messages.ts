import * as vscode from 'vscode';
import { faultText } from '../app/fault-text.js';
import type { Log } from '../app/ports.js';
import type { Fault } from '../base/fault.js';
import type { CommandId } from './command-ids.js';
import type { CompilerDiagnostics } from './compiler-diagnostics.js';

interface Action {
  readonly title: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

/** Tells the user of a fault: what happened, what to do, and a button for it. */
export class FaultMessages {
  constructor(
    private readonly log: Log,
    private readonly compiler: CompilerDiagnostics,
  ) {}

  show(fault: Fault, subject: string): void {
    if (fault.code === 'cancelled') return;
    const { message, nextStep, detail } = faultText(fault);
    this.log.error(`${subject}: ${message} ${nextStep}${detail === undefined || detail === '' ? '' : `\n${detail}`}`);
    if (fault.code === 'build-failed' && fault.diagnostics.length > 0) void this.compiler.show(fault.diagnostics);
    // A command line of a compiler is long: it is in the log.
    const text = fault.code === 'build-failed' ? message : `${message} ${nextStep}`.trim();
    const actions = actionsFor(fault);
    void vscode.window.showErrorMessage(`MemLens: ${text}`, ...actions.map(({ title }) => title)).then((chosen) => {
      const action = actions.find(({ title }) => title === chosen);
      if (action !== undefined) void vscode.commands.executeCommand(action.command, ...(action.args ?? []));
    });
  }
}

function actionsFor(fault: Fault): readonly Action[] {
  const ours = (title: string, id: CommandId): Action => ({ title, command: `memlens.${id}` });
  const log = ours(vscode.l10n.t('Show Log'), 'showLog');
  switch (fault.code) {
    case 'untrusted-workspace':
      return [{ title: vscode.l10n.t('Manage Workspace Trust'), command: 'workbench.trust.manage' }];
    case 'build-failed':
      return [{ title: vscode.l10n.t('Show Problems'), command: 'workbench.actions.view.problems' }, log];
    case 'no-main':
    case 'not-executable':
    case 'not-found':
      return [ours(vscode.l10n.t('Select What to Profile…'), 'selectRun')];
    case 'engine-unfit':
    case 'tool-missing':
    case 'tool-too-old':
      return [ours(vscode.l10n.t('Other Engines…'), 'profileWith'), log];
    case 'bad-setting':
      return [
        { title: vscode.l10n.t('Open Settings'), command: 'workbench.action.openSettings', args: [fault.setting] },
        { title: vscode.l10n.t('Open settings.json'), command: 'workbench.action.openWorkspaceSettingsFile' },
      ];
    case 'unsupported-platform':
    case 'unrecognised-report':
      return [];
    default:
      return [log];
  }
}

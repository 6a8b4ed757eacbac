import * as vscode from 'vscode';
import { faultText } from '../app/fault-text.js';
import type { Log } from '../app/ports.js';
import type { ProfileOutcome } from '../app/profile.js';
import type { Fault } from '../base/fault.js';
import { visibleText } from '../base/visible-text.js';
import { pickEngine } from './engine-picker.js';
import { engineTitle } from './engine-titles.js';
import type { FaultMessages } from './fault-messages.js';
import type { ProfileSession, RunControl } from './profile-session.js';
import { resultSentence } from './result-text.js';
import type { RunPicker } from './run-picker.js';
import { configOf, type RunRequest, requestTitle } from './run-request.js';
import { savedFile } from './save-before-run.js';
import type { LoadServices } from './services.js';
import type { Settings } from './settings.js';

const LAST_RUN = 'memlens.lastRun';

/** Like the command line's exit status: 0 nothing found, 1 findings, 2 it could not be done. */
export interface RunOutcome {
  readonly words: string;
  readonly status: 0 | 1 | 2;
}

/** The commands that profile, and the one run that is remembered. */
export class ProfileCommands {
  private readonly remembers = new vscode.EventEmitter<void>();
  /** Another run is remembered. */
  readonly onDidRemember = this.remembers.event;

  constructor(
    private readonly session: ProfileSession,
    private readonly settings: Settings,
    private readonly picker: RunPicker,
    private readonly faults: FaultMessages,
    private readonly load: LoadServices,
    private readonly memento: vscode.Memento,
    private readonly log: Log,
    /** Shows the user where the findings are. */
    private readonly onFound: () => Promise<void>,
  ) {
    void vscode.commands.executeCommand('setContext', 'memlens.remembered', this.remembered !== undefined);
  }

  get remembered(): RunRequest | undefined {
    return this.memento.get<RunRequest>(LAST_RUN);
  }

  /** The file that was clicked, else the C or C++ file that is open, else the remembered run, else asks. */
  async profile(clicked?: unknown): Promise<void> {
    const request = await this.requestFor(clicked);
    if (request !== undefined) await this.run(request);
  }

  async profileAgain(): Promise<void> {
    if (!this.trusted()) return;
    const request = this.remembered ?? (await this.picker.pick());
    if (request !== undefined) await this.run(request);
  }

  async profileWith(clicked?: unknown): Promise<void> {
    const request = await this.requestFor(clicked);
    if (request !== undefined) await this.withOtherEngine(request);
  }

  async selectRun(): Promise<void> {
    if (!this.trusted()) return;
    const request = await this.picker.pick();
    if (request !== undefined) await this.run(request);
  }

  async run(request: RunRequest, control?: RunControl): Promise<RunOutcome> {
    const config = configOf(request, this.settings);
    if (!config.ok) return this.failed(config.error, request);
    const outcome = await this.session.run(config.value, control);
    if (!outcome.ok) {
      // A build that failed is repeated as soon as it is mended; what can't be run at all is not.
      if (outcome.error.code === 'build-failed') await this.remember(request);
      return this.failed(outcome.error, request);
    }
    await this.remember(request);
    await this.onFound();
    return this.succeeded(request, outcome.value);
  }

  dispose(): void {
    this.remembers.dispose();
  }

  /** undefined: nothing may be run here, or the user has chosen nothing, or has not saved what is to be run. */
  private async requestFor(clicked: unknown): Promise<RunRequest | undefined> {
    if (!this.trusted()) return undefined;
    const uri = clicked instanceof vscode.Uri ? clicked : activeFile();
    // Instead of a file that was not saved, nothing else is run.
    if (uri !== undefined) return fileRequest(uri);
    return this.remembered ?? (await this.picker.pick());
  }

  private async remember(request: RunRequest): Promise<void> {
    await this.memento.update(LAST_RUN, request);
    await vscode.commands.executeCommand('setContext', 'memlens.remembered', true);
    this.remembers.fire();
  }

  private trusted(): boolean {
    if (vscode.workspace.isTrusted) return true;
    this.faults.show({ code: 'untrusted-workspace' }, 'MemLens');
    return false;
  }

  private failed(fault: Fault, request: RunRequest): RunOutcome {
    this.faults.show(fault, requestTitle(request), () => void this.withOtherEngine(request));
    const { message, nextStep } = faultText(fault);
    return { words: `${message} ${nextStep}`.trim(), status: 2 };
  }

  private succeeded(request: RunRequest, { report, profile, key, title, alternatives }: ProfileOutcome): RunOutcome {
    const found = report.findings.length > 0;
    const notes = report.notes.filter(({ severity }) => severity !== 'info').map(({ text }) => visibleText(text));
    const sentence = resultSentence(title, engineTitle(report.run?.engine ?? ''), report);
    this.log.info([sentence, ...notes, report.run?.engineReason ?? ''].join(' ').trim());
    const other = alternatives.some(({ obstacles }) => obstacles.every(({ blocking }) => !blocking));
    const show = vscode.l10n.t('Show Findings');
    const heap = vscode.l10n.t('Show Heap Profile');
    const otherEngine = vscode.l10n.t('Other Engines…');
    const [note] = notes;
    // One note fits; all of them, and why this engine was taken, stand in the Findings view.
    const more = notes.length > 1 ? vscode.l10n.t('{0} more notes are in the Findings view.', notes.length - 1) : undefined;
    const text = [sentence, note, more].filter((part) => part !== undefined).join(' ');
    const buttons = [
      ...(found || more !== undefined ? [show] : []),
      ...(profile === undefined ? [] : [heap]),
      ...(other && (!found || notes.length > 0) ? [otherEngine] : []),
    ];
    const message =
      note === undefined
        ? vscode.window.showInformationMessage(text, ...buttons)
        : vscode.window.showWarningMessage(text, ...buttons);
    void message.then((chosen) => {
      if (chosen === show) void vscode.commands.executeCommand('memlens.showFindings');
      if (chosen === heap) void vscode.commands.executeCommand('memlens.showHeap', key);
      if (chosen === otherEngine) void this.withOtherEngine(request);
    });
    return { words: [sentence, ...notes].join('\n'), status: found ? 1 : 0 };
  }

  private async withOtherEngine(request: RunRequest): Promise<void> {
    const config = configOf(request, this.settings);
    if (!config.ok) return this.faults.show(config.error, requestTitle(request));
    const engine = await pickEngine(await this.load(), config.value);
    if (!engine.ok) return this.faults.show(engine.error, requestTitle(request));
    if (engine.value !== undefined) await this.run({ ...request, engine: engine.value });
  }
}

async function fileRequest(uri: vscode.Uri): Promise<RunRequest | undefined> {
  const file = await savedFile(uri);
  return file === undefined ? undefined : { form: 'file', path: file.fsPath };
}

/** The C or C++ file that is open, also one that has no place on the disk yet. */
function activeFile(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined || !['c', 'cpp'].includes(document.languageId)) return undefined;
  return ['file', 'untitled'].includes(document.uri.scheme) ? document.uri : undefined;
}

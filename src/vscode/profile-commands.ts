import * as vscode from 'vscode';
import { faultText } from '../app/fault-text.js';
import type { Log } from '../app/ports.js';
import type { ProfileOutcome } from '../app/profile.js';
import type { EngineName } from '../app/run-settings.js';
import type { Fault } from '../base/fault.js';
import { visibleText } from '../findings/visible-text.js';
import { summaryLine } from '../findings/wording.js';
import { pickEngine } from './engine-picker.js';
import { engineTitle } from './engine-titles.js';
import type { FaultMessages } from './fault-messages.js';
import type { ProfileSession } from './profile-session.js';
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
    if (!this.trusted()) return;
    const request =
      clicked instanceof vscode.Uri
        ? await fileRequest(clicked)
        : ((await activeFile()) ?? this.remembered ?? (await this.picker.pick()));
    if (request !== undefined) await this.run(request);
  }

  async profileAgain(): Promise<void> {
    if (!this.trusted()) return;
    const request = this.remembered ?? (await this.picker.pick());
    if (request !== undefined) await this.run(request);
  }

  async profileWith(clicked?: unknown): Promise<void> {
    if (!this.trusted()) return;
    const request =
      clicked instanceof vscode.Uri
        ? await fileRequest(clicked)
        : ((await activeFile()) ?? this.remembered ?? (await this.picker.pick()));
    if (request === undefined) return;
    const config = configOf(request, this.settings);
    if (!config.ok) return this.faults.show(config.error, requestTitle(request));
    const engine = await pickEngine(await this.load(), config.value);
    if (!engine.ok) return this.faults.show(engine.error, requestTitle(request));
    if (engine.value !== undefined) await this.run(withEngine(request, engine.value));
  }

  async selectRun(): Promise<void> {
    if (!this.trusted()) return;
    const request = await this.picker.pick();
    if (request !== undefined) await this.run(request);
  }

  async run(request: RunRequest, onPhase?: (phase: string) => void): Promise<RunOutcome> {
    const config = configOf(request, this.settings);
    if (!config.ok) return this.failed(config.error, requestTitle(request));
    const outcome = await this.session.run(config.value, onPhase);
    if (!outcome.ok) {
      // A build that failed is repeated as soon as it is mended; what can't be run at all is not.
      if (outcome.error.code === 'build-failed') await this.remember(request);
      return this.failed(outcome.error, config.value.name);
    }
    await this.remember(request);
    await this.onFound();
    return this.succeeded(request, outcome.value);
  }

  dispose(): void {
    this.remembers.dispose();
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

  private failed(fault: Fault, title: string): RunOutcome {
    this.faults.show(fault, title);
    const { message, nextStep } = faultText(fault);
    return { words: `${message} ${nextStep}`.trim(), status: 2 };
  }

  private succeeded(request: RunRequest, { report, title, alternatives }: ProfileOutcome): RunOutcome {
    const engine = engineTitle(report.run?.engine ?? '');
    const found = report.findings.length > 0;
    const line = summaryLine(report.summary, report.errors);
    const notes = report.notes.filter(({ severity }) => severity !== 'info').map(({ text }) => visibleText(text));
    const reason = report.run?.engineReason ?? '';
    const words = found
      ? vscode.l10n.t('{0}: {1} ({2})', visibleText(title), line, engine)
      : vscode.l10n.t('{0}: {1} found no leak and no memory error.', visibleText(title), engine);
    this.log.info(`${words} ${reason}`);
    const other = alternatives.some(({ obstacles }) => obstacles.every(({ blocking }) => !blocking));
    const show = vscode.l10n.t('Show Findings');
    const otherEngine = vscode.l10n.t('Other Engines…');
    const buttons = [...(found ? [show] : []), ...(other && (!found || notes.length > 0) ? [otherEngine] : [])];
    const text = ['MemLens:', words, ...notes, ...(found ? [] : [reason])].join(' ').trim();
    const message =
      notes.length > 0
        ? vscode.window.showWarningMessage(text, ...buttons)
        : vscode.window.showInformationMessage(text, ...buttons);
    void message.then((chosen) => {
      if (chosen === show) void vscode.commands.executeCommand('memlens.showFindings');
      if (chosen === otherEngine) void this.withOtherEngine(request);
    });
    return { words: [words, ...notes].join('\n'), status: found ? 1 : 0 };
  }

  private async withOtherEngine(request: RunRequest): Promise<void> {
    const config = configOf(request, this.settings);
    if (!config.ok) return this.faults.show(config.error, requestTitle(request));
    const engine = await pickEngine(await this.load(), config.value);
    if (!engine.ok) return this.faults.show(engine.error, requestTitle(request));
    if (engine.value !== undefined) await this.run(withEngine(request, engine.value));
  }
}

function withEngine(request: RunRequest, engine: EngineName): RunRequest {
  return { ...request, engine };
}

async function fileRequest(uri: vscode.Uri): Promise<RunRequest | undefined> {
  const file = await savedFile(uri);
  return file === undefined ? undefined : { form: 'file', path: file.fsPath };
}

async function activeFile(): Promise<RunRequest | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  if (
    document === undefined ||
    !['c', 'cpp'].includes(document.languageId) ||
    !['file', 'untitled'].includes(document.uri.scheme)
  )
    return undefined;
  return fileRequest(document.uri);
}

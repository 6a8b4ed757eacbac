import * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import type { KmemleakStep } from '../app/kmemleak/commands.js';
import type { KmemleakState } from '../app/kmemleak/state.js';
import { kmemleakFault, kmemleakStateWords, mountCommand } from '../app/kmemleak/state-words.js';
import type { OpenedReport } from '../app/open-report.js';
import type { Log } from '../app/ports.js';
import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';
import { formatBytes } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import type { NamedTarget } from '../model/target-config.js';
import { cancelOf } from './cancellation.js';
import type { FaultMessages } from './fault-messages.js';
import type { KernelServices, KernelWork, LoadKernel } from './kernel-services.js';
import { withoutLinks } from './live-news.js';

export interface KmemleakParts {
  readonly load: LoadKernel;
  readonly store: FindingsStore;
  readonly faults: FaultMessages;
  readonly log: Log;
  /** Asks for a target; undefined: the user has given up, or was told why there is none. */
  readonly pickTarget: () => Promise<NamedTarget | undefined>;
  /** Shows the user where the findings are. */
  readonly onFound: () => Promise<void>;
}

type Action = 'scan' | 'read' | 'clear' | 'state' | 'mount';

interface ActionItem extends vscode.QuickPickItem {
  readonly action: Action;
}

/** What of a target is asked, and the words of its answer. */
interface Asked {
  readonly services: KernelServices;
  readonly target: NamedTarget;
  readonly state: KmemleakState;
}

/** Check Kernel Leaks: kmemleak of a target. Nothing is written to it unasked. */
export class KmemleakCommands {
  constructor(private readonly parts: KmemleakParts) {}

  async check(): Promise<void> {
    const { faults, load, pickTarget } = this.parts;
    if (!vscode.workspace.isTrusted) return faults.show({ code: 'untrusted-workspace' }, 'MemLens');
    const target = await pickTarget();
    if (target === undefined) return;
    const services = await load();
    const state = await this.during(vscode.l10n.t('Looking for kmemleak on {0}', visibleText(target.name)), ({ cancel }) =>
      services.state(target, cancel),
    );
    if (!state.ok) return faults.show(state.error, target.name);
    await this.choose({ services, target, state: state.value });
  }

  private async choose(asked: Asked): Promise<void> {
    const words = kmemleakStateWords(asked.state);
    const picked = await vscode.window.showQuickPick(itemsOf(asked.state), {
      title: withoutLinks(vscode.l10n.t('kmemleak on {0}', visibleText(asked.target.name))),
      placeHolder: visibleText(words[0] ?? ''),
    });
    switch (picked?.action) {
      case 'scan':
        return this.scan(asked);
      case 'read':
        return this.show(asked, await this.during(readingTitle(asked), (work) => asked.services.read(asked.target, work)));
      case 'clear':
        return this.clear(asked);
      case 'mount':
        return this.mount(asked);
      case 'state':
        return this.tellState(asked);
      case undefined:
        return;
    }
  }

  private async scan(asked: Asked): Promise<void> {
    const { services, target } = asked;
    const scan = vscode.l10n.t('Scan');
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Scan the kernel memory of {0} for leaks?', visibleText(target.name)),
      {
        modal: true,
        detail: vscode.l10n.t(
          'The word scan is written to {0}, twice, 5 seconds apart. The kernel reads all of its memory each time: seconds on a small machine, minutes on a large one, and one of its processors is busy. Nothing is changed, so there is nothing to undo.',
          asked.state.file,
        ),
      },
      scan,
    );
    if (answer !== scan) return;
    const title = vscode.l10n.t('kmemleak on {0}', visibleText(target.name));
    await this.show(asked, await this.during(title, (work) => services.scan(target, work)));
  }

  private async clear(asked: Asked): Promise<void> {
    const { services, target, state } = asked;
    const both = vscode.l10n.t('Read, Then Clear');
    const only = vscode.l10n.t('Clear');
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Clear what kmemleak has reported on {0}?', visibleText(target.name)),
      {
        modal: true,
        detail: vscode.l10n.t(
          'The word clear is written to {0}. All that is reported until now is taken for memory in use, and is never reported again before the next boot. There is no undo. Read, Then Clear keeps it in the Findings view.',
          state.file,
        ),
      },
      both,
      only,
    );
    if (answer !== both && answer !== only) return;
    if (answer === both) {
      const read = await this.during(readingTitle(asked), (work) => services.read(target, work));
      // What can't be kept is not thrown away.
      if (!read.ok) return this.parts.faults.show(read.error, target.name);
      this.keep(asked, read.value);
    }
    const title = vscode.l10n.t('Clearing kmemleak on {0}', visibleText(target.name));
    const cleared = await this.during(title, (work) => services.clear(target, work));
    if (!cleared.ok) return this.parts.faults.show(cleared.error, target.name);
    const done = vscode.l10n.t(
      'MemLens: kmemleak on {0} is cleared. Do what may leak, then scan.',
      withoutLinks(visibleText(target.name)),
    );
    this.parts.log.info(done);
    void vscode.window.showInformationMessage(done);
  }

  /** Undo is offered for as long as the message stands; the log has the command. */
  private async mount(asked: Asked): Promise<void> {
    const { services, target, state } = asked;
    const { faults, log } = this.parts;
    const mount = vscode.l10n.t('Mount');
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Mount debugfs on {0}?', visibleText(target.name)),
      {
        modal: true,
        detail: vscode.l10n.t(
          'This is run there: {0}. Only root can look into it. It stays until it is unmounted, which is offered afterwards, or until the next boot.',
          mountCommand(state),
        ),
      },
      mount,
    );
    if (answer !== mount) return;
    const mounted = await this.during(vscode.l10n.t('Mounting debugfs on {0}', visibleText(target.name)), ({ cancel }) =>
      services.mount(target, state, cancel),
    );
    if (!mounted.ok) return faults.show(mounted.error, target.name);
    log.info(`${target.name}: ${mountCommand(state)}`);
    const unmount = vscode.l10n.t('Unmount');
    const text = vscode.l10n.t('MemLens: debugfs is mounted on {0}.', withoutLinks(visibleText(target.name)));
    void vscode.window.showInformationMessage(text, unmount).then(async (chosen) => {
      if (chosen !== unmount) return;
      const undone = await this.during(vscode.l10n.t('Unmounting debugfs on {0}', visibleText(target.name)), ({ cancel }) =>
        services.unmount(target, state, cancel),
      );
      if (!undone.ok) faults.show(undone.error, target.name);
    });
    const now = await this.during(vscode.l10n.t('Looking for kmemleak on {0}', visibleText(target.name)), ({ cancel }) =>
      services.state(target, cancel),
    );
    if (!now.ok) return faults.show(now.error, target.name);
    await this.choose({ ...asked, state: now.value });
  }

  private tellState({ state, target }: Asked): void {
    const { faults, log } = this.parts;
    const words = kmemleakStateWords(state).map(visibleText);
    for (const text of [...words, ...state.log.map(visibleText)]) log.info(`${target.name}: ${text}`);
    const fault = kmemleakFault(state);
    if (fault !== undefined) {
      faults.show(fault, target.name);
      return;
    }
    const show = vscode.l10n.t('Show Log');
    void vscode.window.showInformationMessage(`MemLens: ${withoutLinks(words.join(' '))}`, show).then((chosen) => {
      if (chosen === show) void vscode.commands.executeCommand('memlens.showLog');
    });
  }

  private async show(asked: Asked, read: Result<OpenedReport, Fault>): Promise<void> {
    const { faults, onFound } = this.parts;
    if (!read.ok) return faults.show(read.error, asked.target.name);
    this.keep(asked, read.value);
    const { findings } = read.value.report;
    if (findings.length === 0) {
      const none = vscode.l10n.t(
        'MemLens: kmemleak reports nothing on {0}. It tells of a block when the second scan since its loss has found no pointer to it.',
        withoutLinks(visibleText(asked.target.name)),
      );
      void vscode.window.showInformationMessage(none);
      return;
    }
    await vscode.commands.executeCommand('memlens.showFindings');
    await onFound();
  }

  private keep({ target }: Asked, { report }: OpenedReport): void {
    const title = vscode.l10n.t('kmemleak on {0}', target.name);
    this.parts.store.put({ key: `kmemleak on ${target.name}`, title, report });
  }

  private during<T>(title: string, act: (work: KernelWork) => Promise<Result<T, Fault>>): Promise<Result<T, Fault>> {
    return withKernelProgress(title, act);
  }
}

/** Runs what may take long, with a progress that tells its steps and can be cancelled. */
export async function withKernelProgress<T>(
  title: string,
  act: (work: KernelWork) => Promise<Result<T, Fault>>,
): Promise<Result<T, Fault>> {
  const options = { location: vscode.ProgressLocation.Notification, title: withoutLinks(title), cancellable: true };
  return vscode.window.withProgress(options, (progress, token) => {
    const cancel: Cancel = cancelOf(token);
    return act({
      cancel,
      onStep: (step) => progress.report({ message: stepWords(step) }),
      onBytes: (bytes) => progress.report({ message: formatBytes(bytes) }),
    });
  });
}

const readingTitle = ({ target }: Asked): string =>
  vscode.l10n.t('Reading what kmemleak reports on {0}', visibleText(target.name));

function itemsOf(state: KmemleakState): readonly ActionItem[] {
  const scan: ActionItem = {
    action: 'scan',
    label: `$(search) ${vscode.l10n.t('Scan Now')}`,
    detail: vscode.l10n.t('Two scans, 5 seconds apart, then what they report'),
  };
  const read: ActionItem = {
    action: 'read',
    label: `$(output) ${vscode.l10n.t('Read What Is Reported')}`,
    detail: vscode.l10n.t('Without a scan'),
  };
  const clear: ActionItem = {
    action: 'clear',
    label: `$(clear-all) ${vscode.l10n.t('Clear…')}`,
    detail: vscode.l10n.t('So that only what is lost from now on is reported'),
  };
  const mount: ActionItem = {
    action: 'mount',
    label: `$(plug) ${vscode.l10n.t('Mount debugfs…')}`,
    detail: mountCommand(state),
  };
  const about: ActionItem = {
    action: 'state',
    label: `$(info) ${vscode.l10n.t('State')}`,
    detail: vscode.l10n.t('What is known of it, and what to do where it can’t be used'),
  };
  if (state.standing === 'on') return [scan, read, clear, about];
  if (state.standing === 'off') return [read, about];
  return state.standing === 'not-mounted' ? [mount, about] : [about];
}

function stepWords(step: KmemleakStep): string {
  switch (step) {
    case 'clearing':
      return vscode.l10n.t('clearing');
    case 'first-scan':
      return vscode.l10n.t('first scan');
    case 'waiting':
      return vscode.l10n.t('waiting 5 seconds: what is younger is not reported');
    case 'second-scan':
      return vscode.l10n.t('second scan');
    case 'reading':
      return vscode.l10n.t('reading');
  }
}

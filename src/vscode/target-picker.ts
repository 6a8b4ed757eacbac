import * as vscode from 'vscode';
import { LOCAL } from '../app/monitors.js';
import { parseTargetName, targetNameOf } from '../app/target-names.js';
import { visibleText } from '../base/visible-text.js';
import type { NamedTarget } from '../model/target-config.js';
import type { FaultMessages } from './fault-messages.js';
import { configuredTargets } from './target-settings.js';
import type { TrendServices } from './trend-services.js';

interface TargetItem extends vscode.QuickPickItem {
  readonly target?: NamedTarget;
  readonly pick?: () => Promise<NamedTarget | undefined>;
}

/** A page of a target that the list opens by a button, without choosing the target. */
export interface TargetPlace {
  /** Of the editor's own. */
  readonly icon: string;
  readonly tooltip: string;
  readonly open: (target: NamedTarget) => unknown;
}

/** Asks for a target: this machine, those of the settings, the hosts of ~/.ssh/config, or one that the user names. */
export async function pickTarget(
  services: TrendServices,
  faults: FaultMessages,
  current: NamedTarget,
  places: readonly TargetPlace[] = [],
): Promise<NamedTarget | undefined> {
  if (!vscode.workspace.isTrusted) {
    faults.show({ code: 'untrusted-workspace' }, 'MemLens');
    return undefined;
  }
  const configured = configuredTargets();
  for (const fault of configured.faults) faults.show(fault, 'memlens.targets');
  const known = new Set(configured.targets.map(({ config }) => targetNameOf(config)));
  const hosts = (await services.sshHosts()).filter((host) => !known.has(`ssh:${host}`));
  const items: TargetItem[] = [
    ...configured.targets.map((target) => itemOf(target, current)),
    ...(hosts.length === 0 ? [] : [separator(vscode.l10n.t('hosts of ~/.ssh/config'))]),
    ...hosts.map((host) => itemOf({ name: host, config: { kind: 'ssh', host } }, current)),
    separator(''),
    { label: `$(add) ${vscode.l10n.t('Another Target…')}`, alwaysShow: true, pick: askForTarget },
    {
      label: `$(gear) ${vscode.l10n.t('Name Targets in the Settings…')}`,
      alwaysShow: true,
      pick: async () => {
        await vscode.commands.executeCommand('workbench.action.openSettings', 'memlens.targets');
        return undefined;
      },
    },
  ];
  const picked = await pickItem(items, places);
  return picked?.pick?.();
}

async function pickItem(items: readonly TargetItem[], places: readonly TargetPlace[]): Promise<TargetItem | undefined> {
  const pick = vscode.window.createQuickPick<TargetItem>();
  pick.title = vscode.l10n.t('Select the Target to Look At');
  pick.matchOnDescription = true;
  const buttons: readonly vscode.QuickInputButton[] = places.map(({ icon, tooltip }) => ({
    iconPath: new vscode.ThemeIcon(icon),
    tooltip,
  }));
  pick.items = items.map((item) => (item.target === undefined ? item : { ...item, buttons }));
  try {
    const chosen = new Promise<TargetItem | undefined>((resolve) => {
      pick.onDidAccept(() => resolve(pick.selectedItems[0]));
      pick.onDidHide(() => resolve(undefined));
      pick.onDidTriggerItemButton(({ item, button }) => {
        resolve(undefined);
        const place = places[buttons.indexOf(button)];
        if (item.target !== undefined) void place?.open(item.target);
      });
    });
    pick.show();
    return await chosen;
  } finally {
    pick.dispose();
  }
}

function itemOf(target: NamedTarget, current: NamedTarget): TargetItem {
  const local = target.config.kind === 'local';
  const icon = local ? 'device-desktop' : target.config.kind === 'ssh' ? 'remote' : 'terminal';
  const description = local ? vscode.l10n.t('this machine') : visibleText(targetNameOf(target.config));
  return {
    label: `$(${icon}) ${visibleText(target.name)}`,
    description: target.name === current.name ? `${description} $(check)` : description,
    target,
    pick: () => Promise.resolve(target),
  };
}

async function askForTarget(): Promise<NamedTarget | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Another Target'),
    prompt: vscode.l10n.t('ssh:host, or command: and a command that gives a POSIX shell on its standard input'),
    placeHolder: 'ssh:root@192.168.1.7   command:docker exec -i web sh',
    ignoreFocusOut: true,
    validateInput: (value) => {
      const parsed = parseTargetName(value.trim());
      return parsed.ok || value.trim() === '' ? undefined : parsed.error.detail;
    },
  });
  if (text === undefined || text.trim() === '') return undefined;
  const config = parseTargetName(text.trim());
  if (!config.ok) return undefined;
  return config.value.kind === 'local' ? LOCAL : { name: text.trim().replace(/^ssh:/, ''), config: config.value };
}

function separator(label: string): TargetItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

import * as vscode from 'vscode';
import { LOCAL, sameTarget } from '../app/monitors.js';
import { readTargets } from '../app/target-settings.js';
import type { Fault } from '../base/fault.js';
import type { NamedTarget } from '../model/target-config.js';

/** The targets of `memlens.targets`, `local` first, and what is wrong with those that can't be used. */
export function configuredTargets(): { readonly targets: readonly NamedTarget[]; readonly faults: readonly Fault[] } {
  const raw = vscode.workspace.getConfiguration('memlens').get<unknown>('targets');
  const { targets, faults } = readTargets(raw);
  return { targets: [LOCAL, ...targets.filter(({ name }) => name !== LOCAL.name)], faults };
}

/** A target that the workspace remembers is taken again only if today's settings would offer it; ssh hosts are the user's own. */
export function isOffered(target: NamedTarget): boolean {
  if (target.config.kind === 'local') return true;
  if (!vscode.workspace.isTrusted) return false;
  if (target.config.kind === 'ssh') return true;
  return configuredTargets().targets.some((other) => sameTarget(other, target));
}

/** Why a target that the workspace remembers is not taken again. */
export function notOffered({ name }: NamedTarget): Fault {
  if (!vscode.workspace.isTrusted) return { code: 'untrusted-workspace' };
  return { code: 'bad-setting', setting: 'memlens.targets', detail: `it has no target ${JSON.stringify(name)} (any more)` };
}

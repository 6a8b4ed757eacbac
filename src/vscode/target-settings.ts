import * as vscode from 'vscode';
import { LOCAL } from '../app/monitors.js';
import { readTargets } from '../app/target-settings.js';
import type { Fault } from '../base/fault.js';
import type { NamedTarget } from '../model/target-config.js';

/** The targets of `memlens.targets`, `local` first, and what is wrong with those that can't be used. */
export function configuredTargets(): { readonly targets: readonly NamedTarget[]; readonly faults: readonly Fault[] } {
  const raw = vscode.workspace.getConfiguration('memlens').get<unknown>('targets');
  const { targets, faults } = readTargets(raw);
  return { targets: [LOCAL, ...targets.filter(({ name }) => name !== LOCAL.name)], faults };
}

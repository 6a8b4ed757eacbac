import * as vscode from 'vscode';
import type { EngineName } from '../app/run-settings.js';
import type { Fault } from '../base/fault.js';
import { ok, type Result } from '../base/result.js';
import type { RunConfig } from '../model/run-config.js';
import type { Services } from './services.js';

interface EngineItem extends vscode.QuickPickItem {
  readonly engine: EngineName;
  /** undefined: it can work. */
  readonly remedy?: string;
}

/** Asks for an engine, and says of each whether it can work here, why not, and what to do. undefined: none was chosen. */
export async function pickEngine(services: Services, config: RunConfig): Promise<Result<EngineName | undefined, Fault>> {
  const subject = await services.subjectOf(config);
  if (!subject.ok) return subject;
  const engines = await services.engines(subject.value, config.target);
  if (!engines.ok) return engines;
  const items = engines.value.map(({ engine, obstacles }): EngineItem => {
    const blocking = obstacles.find((obstacle) => obstacle.blocking);
    const [first] = obstacles;
    const detail = first === undefined ? engine.description : `${first.reason} ${first.remedy}`.trim();
    return {
      engine: engine.id,
      label: `$(${blocking === undefined ? (first === undefined ? 'check' : 'warning') : 'circle-slash'}) ${engine.title}`,
      description: blocking === undefined ? vscode.l10n.t('available') : vscode.l10n.t('not available'),
      detail,
      ...(blocking === undefined ? {} : { remedy: detail }),
    };
  });
  const auto: EngineItem = {
    engine: 'auto',
    label: `$(wand) ${vscode.l10n.t('Automatic')}`,
    detail: vscode.l10n.t('The cheapest engine that can answer; the result says which one and why.'),
  };
  const picked = await vscode.window.showQuickPick([auto, ...items], {
    title: vscode.l10n.t('Profile {0} With', config.name),
    matchOnDetail: true,
  });
  if (picked?.remedy !== undefined) {
    const copy = vscode.l10n.t('Copy');
    void vscode.window.showWarningMessage(`MemLens: ${picked.remedy}`, copy).then((chosen) => {
      if (chosen === copy) void vscode.env.clipboard.writeText(picked.remedy ?? '');
    });
    return ok(undefined);
  }
  return ok(picked?.engine);
}

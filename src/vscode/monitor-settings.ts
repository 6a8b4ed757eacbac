import * as vscode from 'vscode';
import type { MonitorSettings } from '../app/monitor.js';
import type { SettingId } from './command-ids.js';

/** The settings of sampling, within their limits whatever settings.json says. */
export function monitorSettings(): MonitorSettings {
  const seconds = Math.min(60, Math.max(0.1, numberSetting('sampling.interval', 1)));
  const percent = Math.min(50, Math.max(0.01, numberSetting('sampling.budget', 1)));
  return { intervalMs: Math.round(seconds * 1000), budget: percent / 100 };
}

/** `otherwise` for what is no number. */
export function numberSetting(setting: SettingId, otherwise: number): number {
  const value = vscode.workspace.getConfiguration('memlens').get<unknown>(setting);
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}

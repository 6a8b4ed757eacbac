import * as vscode from 'vscode';
import { baseName } from '../base/path.js';
import { visibleText } from '../base/visible-text.js';
import type { FaultMessages } from './fault-messages.js';
import type { LiveRequest } from './live-request.js';
import type { ProfileCommands } from './profile-commands.js';
import type { LoadTrends } from './trend-services.js';

/**
 * Profiles the program of a process: starts it once more, with the same arguments and in the same directory, under an engine. The
 * process itself is not touched.
 */
export async function profileProcess(
  process: LiveRequest,
  load: LoadTrends,
  profiles: ProfileCommands,
  faults: FaultMessages,
): Promise<void> {
  if (!vscode.workspace.isTrusted) return faults.show({ code: 'untrusted-workspace' }, 'MemLens');
  const services = await load();
  const named = process.subject.monitor.target;
  const target = services.target(named);
  const folder = `/proc/${process.pid}`;
  const [program, cwd] = await Promise.all([target.realPath(`${folder}/exe`), target.realPath(`${folder}/cwd`)]);
  if (!program.ok) return faults.show(program.error, process.command);
  if (!cwd.ok) return faults.show(cwd.error, process.command);
  let text = '';
  try {
    for await (const chunk of target.readText(`${folder}/cmdline`)) text += chunk;
  } catch {
    // It has ended meanwhile: without its arguments it would be another run.
    return faults.show({ code: 'not-found', path: folder, what: 'process' }, process.command);
  }
  // proc_pid_cmdline(5): each argument ends with a NUL; the first one is the name it was called by.
  const args = text.replace(/\0$/, '').split('\0').slice(1);
  const start = vscode.l10n.t('Start Again and Profile');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('Start {0} once more under a memory engine?', visibleText(baseName(program.value))),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Process {0} goes on and is not touched. A second one is started with the same arguments, in {1}.',
        process.pid,
        visibleText(cwd.value),
      ),
    },
    start,
  );
  if (chosen !== start) return;
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? cwd.value;
  await profiles.run({
    form: 'draft',
    draft: {
      name: process.command,
      subject: { form: 'program', path: program.value },
      args,
      cwd: cwd.value,
      env: {},
      ...(named.config.kind === 'local' ? {} : { target: named }),
    },
    folder: workspace,
  });
}

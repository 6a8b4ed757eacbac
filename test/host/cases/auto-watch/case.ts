import * as assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { readRecording } from '../../../../src/app/recorded-trends.js';
import { Answers } from '../../answers.js';
import { closeTabs, countOpens, spawnWaiting } from '../../trends.js';
import { fileOf, openFile, until } from '../../workspace.js';

describe('MemLens watches by itself', () => {
  // Not before these tests run: other cases have answers of their own.
  let answers: Answers;
  before(() => {
    answers = new Answers();
  });
  const folder = mkdtempSync(join(tmpdir(), 'memlens-auto-'));
  const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
  /** What is recorded meanwhile. */
  async function recorded(name: string, work: () => Promise<void>) {
    const path = join(folder, name);
    answers.stub('showSaveDialog', async () => vscode.Uri.file(path));
    await vscode.commands.executeCommand('memlens.record');
    try {
      await work();
    } finally {
      await vscode.commands.executeCommand('memlens.stopRecording');
    }
    const text = await until('the recording', () => readFileSync(path, 'utf8'));
    const read = await readRecording(
      (async function* () {
        yield text;
      })(),
    );
    assert.ok(read);
    return read;
  }

  before(() => mkdirSync(folder, { recursive: true }));
  after(async () => {
    answers.restore();
    await closeTabs();
    rmSync(folder, { recursive: true, force: true });
  });

  it('what is debugged, with its stops, as long as the session lasts', async () => {
    const child = spawnWaiting();
    const opens = countOpens(`/proc/${child.pid}/status`);
    try {
      const recording = await recorded('debugged.memlens', async () => {
        const configuration = { type: 'memlens-small', request: 'launch', name: 'small', pid: child.pid };
        const started = await vscode.debug.startDebugging(undefined, configuration);
        assert.ok(started);
        await until('samples of it', () => opens.count() > 1);
        await vscode.debug.activeDebugSession?.customRequest('stop');
        await pause(1500);
        await vscode.debug.stopDebugging();
        await pause(1500);
        const then = opens.count();
        await pause(2000);
        assert.equal(opens.count(), then, 'it is watched after the session');
      });
      assert.equal(recording.processes[0]?.key.pid, child.pid);
      assert.ok(recording.events.some(({ kind, detail }) => kind === 'breakpoint' && detail === 'Breakpoint 1'));
    } finally {
      opens.restore();
      child.kill();
    }
  });

  it('what it runs itself: the program, not the shell that leads it', async () => {
    const file = fileOf('auto-watch', 'waits.c');
    await openFile(file);
    const recording = await recorded('run.memlens', async () => {
      await vscode.commands.executeCommand('memlens.profile', file);
    });
    const [process] = recording.processes;
    assert.ok(process, 'nothing was watched');
    assert.doesNotMatch(process.command, /^(sh|dash|bash|sleep)$/);
    assert.ok((process.series.latest('rss')?.value ?? 0) > 8 << 20, 'the memory of the program');
    const kinds = recording.events.map(({ kind }) => kind);
    assert.ok(kinds.includes('run-begin') && kinds.includes('run-end'), kinds.join());
    assert.equal(recording.events.find(({ kind }) => kind === 'run-begin')?.detail, 'waits.c');
  });

  it('neither, when the settings say so', async () => {
    const settings = vscode.workspace.getConfiguration('memlens');
    await settings.update('watch.runs', false, vscode.ConfigurationTarget.Global);
    try {
      const recording = await recorded('not.memlens', async () => {
        await vscode.commands.executeCommand('memlens.profile', fileOf('auto-watch', 'waits.c'));
      });
      assert.deepEqual(recording.processes, []);
    } finally {
      await settings.update('watch.runs', undefined, vscode.ConfigurationTarget.Global);
      await vscode.commands.executeCommand('memlens.clear');
    }
  });
});

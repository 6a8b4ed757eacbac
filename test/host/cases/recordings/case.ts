import * as assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { readRecordedMaps } from '../../../../src/app/map/recorded-maps.js';
import { readRecording } from '../../../../src/app/recorded-trends.js';
import { Answers } from '../../answers.js';
import { closeTabs, ourTabs, spawnWaiting, watch } from '../../trends.js';
import { until } from '../../workspace.js';

async function* chunks(text: string): AsyncIterable<string> {
  yield text;
}

describe('recordings', () => {
  // Not before these tests run: other cases have answers of their own.
  let answers: Answers;
  before(() => {
    answers = new Answers();
  });
  const child = spawnWaiting();
  const folder = mkdtempSync(join(tmpdir(), 'memlens-recording-'));
  const file = join(folder, 'a b.memlens');
  const open = (path: string) => vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(path), 'memlens.recording');
  const read = async (path: string) => readRecording(chunks(readFileSync(path, 'utf8')));

  before(() => answers.stub('showSaveDialog', async () => vscode.Uri.file(file)));
  afterEach(() => answers.asked.splice(0));
  after(async () => {
    answers.restore();
    child.kill();
    await closeTabs();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are written while they last, and say where they are', async () => {
    await watch(answers, child.pid);
    await vscode.commands.executeCommand('memlens.record');
    await until('some lines and a map', () => {
      const lines = readFileSync(file, 'utf8').split('\n');
      return lines.length > 7 && lines.some((line) => line.startsWith('{"k":"map"'));
    });
    await vscode.commands.executeCommand('memlens.stopRecording');
    await until('a word about it', () => answers.said(/recorded to .*a b\.memlens/));
    const recorded = await read(file);
    assert.ok(recorded);
    assert.equal(recorded.cutOff, false);
    assert.deepEqual(recorded.notes, []);
    assert.equal(recorded.processes[0]?.key.pid, child.pid);
    const uss = recorded.processes[0]?.series.latest('uss')?.value ?? 0;
    assert.ok(uss > 0 && uss < 1 << 24, `USS ${uss}`);
    assert.ok((recorded.system.latest('meminfo.MemTotal')?.value ?? 0) > 1 << 28);
    const [process] = recorded.processes;
    assert.ok(process);
    const { snapshots: maps } = await readRecordedMaps(chunks(readFileSync(file, 'utf8')), process);
    assert.ok(maps.length > 0 && maps.length === process.maps.length);
    const rss = maps[0]?.table.figures['Rss']?.reduce((sum, bytes) => sum + bytes, 0) ?? 0;
    assert.ok(rss > 0 && rss < 1 << 24, `RSS ${rss}`);
    await vscode.commands.executeCommand('memlens.unwatch');
    await closeTabs();
  });

  it('open in their own editor', async () => {
    await open(file);
    const tab = await until('the tab', () => ourTabs('memlens.recording')[0]);
    assert.equal(tab.label, 'a b.memlens');
    assert.deepEqual(answers.asked, []);
    await closeTabs();
  });

  it('open by the command, too', async () => {
    answers.stub('showOpenDialog', async () => [vscode.Uri.file(file)]);
    await vscode.commands.executeCommand('memlens.openRecording');
    await until('the tab', () => ourTabs('memlens.recording').length === 1);
    await closeTabs();
  });

  it('open when they are cut off in the middle of a line', async () => {
    const cut = join(folder, 'cut.memlens');
    const whole = readFileSync(file);
    writeFileSync(cut, whole.subarray(0, Math.floor(whole.length * 0.6)));
    assert.equal((await read(cut))?.cutOff, true);
    await open(cut);
    await until('the tab', () => ourTabs('memlens.recording').length === 1);
    assert.deepEqual(answers.asked, []);
    await closeTabs();
  });

  it('are told from files that are none', async () => {
    const foreign = join(folder, 'foreign.memlens');
    writeFileSync(foreign, '{"a": 1}\nhello\n\0\0\n');
    await open(foreign);
    await until('a word about it', () => answers.said(/foreign\.memlens is no recording of MemLens/));
    await until('the end of its tab', () => ourTabs('memlens.recording').length === 0);
  });

  it('say that they can’t be written', async () => {
    answers.stub('showSaveDialog', async () => vscode.Uri.file('/proc/nowhere/x.memlens'));
    await vscode.commands.executeCommand('memlens.record');
    await until('a word about it', () => answers.said(/\/proc\/nowhere\/x\.memlens/));
  });
});

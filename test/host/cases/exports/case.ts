import * as assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Monitor } from '../../../../src/app/monitor.js';
import { createSeriesTable } from '../../../../src/insight/series-table.js';
import { createLineFile } from '../../../../src/node/line-file.js';
import type { FaultMessages } from '../../../../src/vscode/fault-messages.js';
import { SeriesExport } from '../../../../src/vscode/series-export.js';
import type { TrendServices } from '../../../../src/vscode/trend-services.js';
import { Answers } from '../../answers.js';
import { until } from '../../workspace.js';

const T0 = Date.UTC(2026, 4, 12, 8, 0);

describe('an export', () => {
  // Not before these tests run: other cases have answers of their own.
  let answers: Answers;
  before(() => {
    answers = new Answers();
  });
  const folder = mkdtempSync(join(tmpdir(), 'memlens-export-'));
  const system = createSeriesTable();
  for (let second = 0; second < 60; second++) {
    system.append(T0 + second * 1000, new Map([['meminfo.MemAvailable', (1000 + second) * 4096]]));
  }
  const monitor = { target: { name: 'my board', config: { kind: 'ssh', host: 'board' } }, system } as unknown as Monitor;
  const faults: string[] = [];
  const messages = { show: (fault: { readonly code: string }) => faults.push(fault.code) } as unknown as FaultMessages;
  const services = { createFile: createLineFile } as unknown as TrendServices;
  const exporter = new SeriesExport(() => Promise.resolve(services), messages);
  const series = [{ source: 'my board', measure: 'meminfo.MemAvailable' }];
  const query = { id: 1, series, window: { lastMs: 9_500 }, maxBuckets: 100 };
  let offered: vscode.SaveDialogOptions | undefined;
  const savesTo = (path: string) => {
    answers.stub('showSaveDialog', async (options: vscode.SaveDialogOptions) => {
      offered = options;
      return vscode.Uri.file(path);
    });
    return path;
  };

  after(() => {
    answers.restore();
    rmSync(folder, { recursive: true, force: true });
  });

  it('as CSV holds the values of the window, as they were measured', async () => {
    const path = savesTo(join(folder, 'a b.csv'));
    await exporter.save([{ monitor }], query, 'csv');
    const rows = readFileSync(path, 'utf8').trim().split(/\r?\n/);
    assert.equal(rows.length, 11);
    assert.match(rows[0] ?? '', /MemAvailable/);
    assert.match(rows.at(-1) ?? '', new RegExp(`(^|,)"?${1059 * 4096}"?(,|$)`));
    assert.match(offered?.defaultUri?.path ?? '', /memlens-my-board\.csv$/);
    await until('a word about it', () => answers.said(/saved to .*a b\.csv/));
  });

  it('as OpenMetrics is whole, with the target as a label', async () => {
    const path = savesTo(join(folder, 'a.txt'));
    await exporter.save([{ monitor }], { ...query, window: { all: true } }, 'openmetrics');
    const text = readFileSync(path, 'utf8');
    assert.match(text, /target="my board"/);
    assert.equal(text.match(/target="my board"/g)?.length, 60);
    assert.ok(text.endsWith('# EOF\n'));
  });

  it('as a picture is the bytes that the page has drawn', async () => {
    const path = savesTo(join(folder, 'a.png'));
    await exporter.saveImage([{ monitor }], new Uint8Array([137, 80, 78, 71]));
    assert.match(offered?.defaultUri?.path ?? '', /memlens-my-board\.png$/);
    assert.deepEqual([...readFileSync(path)], [137, 80, 78, 71]);
  });

  it('that can’t be written says so', async () => {
    const path = savesTo('/proc/nowhere/a.csv');
    await exporter.save([{ monitor }], query, 'csv');
    assert.equal(faults.length, 1);
    assert.equal(existsSync(path), false);
    savesTo('/proc/nowhere/a.png');
    await exporter.saveImage([{ monitor }], new Uint8Array([137]));
    assert.deepEqual(faults.slice(1), ['unwritable']);
  });

  it('that the user gives up leaves nothing', async () => {
    answers.stub('showSaveDialog', async () => undefined);
    await exporter.save([{ monitor }], query, 'csv');
    await exporter.saveImage([{ monitor }], new Uint8Array());
    assert.equal(faults.length, 2);
  });
});

import { formatBytes, formatCount } from '../base/units.js';
import type { ProcessRow } from '../model/process.js';
import { csvLine, csvNumber, csvText } from './csv-cell.js';
import { cutToWidth, displayWidth } from './display-width.js';
import { PROCESS_COLUMNS } from './process-columns.js';
import { type TargetMoment, targetJson } from './target-json.js';

/** A table for people. Unknown is `-`. Lines are cut at `width` cells, when there is one. */
export function processText(rows: readonly ProcessRow[], width?: number): string {
  const columns = PROCESS_COLUMNS.filter(({ shown }) => shown);
  const cells = rows.map((row) =>
    columns.map(({ value, text }) => {
      const known = value(row);
      return known === undefined ? '-' : text(known);
    }),
  );
  const widths = columns.map(({ title }, i) =>
    cells.reduce((most, line) => Math.max(most, displayWidth(line[i] as string)), title.length),
  );
  const line = (texts: readonly string[]): string => {
    const padded = texts.map((text, i) => {
      const space = ' '.repeat(Math.max(0, (widths[i] as number) - displayWidth(text)));
      if (i === texts.length - 1) return text;
      return columns[i]?.number === true ? space + text : text + space;
    });
    const whole = padded.join('  ').trimEnd();
    return width === undefined ? whole : cutToWidth(whole, width);
  };
  const table = [line(columns.map(({ title }) => title)), ...cells.map(line)];
  return `${table.join('\n')}\n\n${summary(rows)}\n`;
}

function summary(rows: readonly ProcessRow[]): string {
  const known = rows.filter(({ pss }) => pss !== undefined);
  const pss = known.reduce((sum, row) => sum + (row.pss ?? 0), 0);
  const parts = [`${formatCount(rows.length, 'process', 'processes')}; PSS of ${known.length} in all: ${formatBytes(pss)}`];
  const hidden = rows.filter(({ rollupUnknown }) => rollupUnknown === 'permission').length;
  if (hidden > 0) parts.push(`PSS and USS of ${hidden} can be read by their own user or root only`);
  const missing = rows.filter(({ rollupUnknown }) => rollupUnknown === 'not-supported').length;
  if (missing > 0) parts.push('this kernel tells no PSS and USS');
  const waiting = rows.filter(({ rollupUnknown }) => rollupUnknown === 'not-yet').length;
  if (waiting > 0) parts.push(`${waiting} not read yet`);
  return parts.join('; ');
}

/** All columns, with their units in the names; an unknown value is an empty cell. */
export function processCsv(rows: readonly ProcessRow[]): string {
  const head = csvLine(PROCESS_COLUMNS.map(({ key }) => csvText(key)));
  const lines = rows.map((row) =>
    csvLine(
      PROCESS_COLUMNS.map(({ value }) => {
        const known = value(row);
        return typeof known === 'string' ? csvText(known) : csvNumber(known);
      }),
    ),
  );
  return [head, ...lines].join('');
}

/** See docs/cli-trends.md. What is not known is null. */
export function processJson(rows: readonly ProcessRow[], moment: TargetMoment): unknown {
  return {
    ...targetJson(moment),
    hidesProcesses: moment.facts?.hidesProcesses === true,
    processes: rows.map((row) => ({
      ...Object.fromEntries(PROCESS_COLUMNS.map(({ key, value }) => [key, value(row) ?? null])),
      // The columns of people put brackets around what has no command line, and may show a number for a user.
      commandLine: row.commandLine ?? null,
      user: row.user ?? null,
      command: row.command,
      uid: row.uid ?? null,
      startTicks: row.startTicks,
      kernelThread: row.kernelThread,
      rollupAt: row.rollupAt === undefined ? null : new Date(row.rollupAt).toISOString(),
      rollupUnknown: row.rollupUnknown ?? null,
    })),
  };
}

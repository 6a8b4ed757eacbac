import { accountMachine } from '../insight/system/accounting.js';
import { freeColumns } from '../insight/system/free-columns.js';
import type { AvailableTrend, GrowthLine, PagingRates, SystemFinding } from '../model/machine-accounting.js';
import {
  type LeftBehind,
  type OwnerGrowth,
  SYSTEM_FILE_FORMAT,
  SYSTEM_FILE_VERSION,
  type SystemState,
  type SystemWatch,
} from '../model/system-state.js';

/** A machine's memory as one JSON object; docs/system-schema.json. All amounts are bytes. `state` opens again, the rest follows from it. */
export function* systemJson(
  state: SystemState,
  findings: readonly SystemFinding[],
  tool: string,
  watched?: SystemWatch,
): Generator<string> {
  const { source, facts, owners, ...rest } = state;
  const head = {
    format: SYSTEM_FILE_FORMAT,
    version: SYSTEM_FILE_VERSION,
    tool,
    accounting: accountMachine(facts) ?? null,
    free: freeColumns(facts.meminfo),
    findings,
    ...(watched === undefined ? {} : { watched }),
  };
  yield `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "state": {\n    "source": ${JSON.stringify(source)}`;
  for (const [name, value] of Object.entries(rest)) yield `,\n    ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
  for (const [name, part] of Object.entries({ facts, owners })) {
    yield `,\n    "${name}": {`;
    let first = true;
    for (const [key, value] of Object.entries(part)) {
      if (value === undefined) continue;
      yield `${first ? '' : ','}\n      ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
      first = false;
    }
    yield '\n    }';
  }
  yield '\n  }\n}\n';
}

/** Two states, and what has changed between them. */
export interface SystemDiff {
  readonly before: SystemState;
  readonly after: SystemState;
  readonly growth: readonly GrowthLine[];
  readonly owners: readonly OwnerGrowth[];
  /** Where a program ran between them. */
  readonly left?: LeftBehind;
  /** Of the moments of all states, where they were told in order. */
  readonly available?: AvailableTrend;
  /** Between the first and the last. */
  readonly rates?: PagingRates;
  readonly findings: readonly SystemFinding[];
}

/** What has changed between two states, as one JSON object; docs/system-schema.json. */
export function systemDiffJson({ before, after, ...changes }: SystemDiff, tool: string): string {
  const moment = ({ source, facts }: SystemState): object => ({
    source,
    ...(facts.at === undefined ? {} : { at: facts.at }),
    accounting: accountMachine(facts) ?? null,
  });
  const head = {
    format: `${SYSTEM_FILE_FORMAT}-diff`,
    version: SYSTEM_FILE_VERSION,
    tool,
    before: moment(before),
    after: moment(after),
  };
  return `${JSON.stringify({ ...head, ...changes }, null, 2)}\n`;
}

import { ownValue } from '../base/own-value.js';
import type { Milliseconds } from '../base/units.js';
import type { MachineFacts } from '../model/machine.js';
import type { ProcessId } from '../model/process.js';
import { RECORDING_FORMAT, type RecordedProcessName, type RecordingHeader } from '../model/recording.js';
import type { TrendEvent } from '../model/trend-event.js';

export type Json = Readonly<Record<string, unknown>>;

/** The fields of each kind of line; a header has no kind. */
const FIELDS: Readonly<Record<string, ReadonlySet<string>>> = {
  header: new Set(['format', 'version', 'created', 'tool', 'target', 'machine']),
  s: new Set(['k', 'n', 'at', 'v']),
  columns: new Set(['k', 'of', 'first', 'ids', 'scales']),
  machine: new Set(['k', 'bootId', 'hostname', 'kernelRelease', 'pageSize', 'ticksPerSecond', 'uid']),
  process: new Set(['k', 'of', 'pid', 'startTicks', 'command', 'commandLine']),
  gap: new Set(['k', 'of', 'at']),
  exit: new Set(['k', 'of', 'at']),
  event: new Set(['k', 'at', 'kind', 'process', 'detail']),
  map: new Set([
    ...[
      'k',
      'of',
      'n',
      'part',
      'last',
      'at',
      'label',
      'whole',
      'names',
      'usual',
      'bare',
      'regions',
      'facts',
      'texts',
      'gone',
      'rows',
    ],
  ]),
  end: new Set(['k', 'at', 'samples']),
};

const EVENTS: Readonly<Record<TrendEvent['kind'], true>> = {
  'process-exit': true,
  'process-exec': true,
  'process-fork': true,
  'oom-kill': true,
  'oom-victim': true,
  'gap-begin': true,
  'gap-end': true,
  reboot: true,
  'run-begin': true,
  'run-end': true,
  breakpoint: true,
  mark: true,
};

const TARGET_KINDS: readonly unknown[] = ['local', 'ssh', 'command'] satisfies readonly RecordingHeader['target']['kind'][];
/** Of a moment of the calendar in milliseconds (ECMA-262, "Time Values and Time Range"). */
const LATEST_MOMENT = 8.64e15;

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a line has fields that this version does not know. */
export function unknownFields(line: Json): boolean {
  const known = ownValue(FIELDS, typeof line['k'] === 'string' ? line['k'] : 'header');
  return known !== undefined && Object.keys(line).some((field) => !known.has(field));
}

export function readHeader(line: Json): RecordingHeader | undefined {
  if (line['format'] !== RECORDING_FORMAT || typeof line['version'] !== 'number') return undefined;
  const target = isObject(line['target']) ? line['target'] : {};
  const kind = target['kind'];
  const machine = isObject(line['machine']) ? readMachine(line['machine']) : undefined;
  return {
    version: line['version'],
    created: moment(line['created']) ?? 0,
    tool: text(line['tool']) ?? '',
    target: {
      name: text(target['name']) ?? '',
      kind: TARGET_KINDS.includes(kind) ? (kind as RecordingHeader['target']['kind']) : 'unknown',
    },
    ...(machine === undefined ? {} : { machine }),
  };
}

export function readMachine(line: Json): MachineFacts | undefined {
  const bootId = text(line['bootId']);
  const hostname = text(line['hostname']);
  const kernelRelease = text(line['kernelRelease']);
  const pageSize = count(line['pageSize']);
  const ticksPerSecond = count(line['ticksPerSecond']);
  const uid = count(line['uid']);
  if (bootId === undefined || hostname === undefined || kernelRelease === undefined) return undefined;
  if (pageSize === undefined || ticksPerSecond === undefined) return undefined;
  return { bootId, hostname, kernelRelease, pageSize, ticksPerSecond, ...(uid === undefined ? {} : { uid }) };
}

export function readProcess(line: Json): RecordedProcessName | undefined {
  const pid = count(line['pid']);
  const startTicks = count(line['startTicks']);
  const command = text(line['command']);
  const commandLine = text(line['commandLine']);
  if (pid === undefined || startTicks === undefined || command === undefined) return undefined;
  return { pid, startTicks, command, ...(commandLine === undefined ? {} : { commandLine }) };
}

export function readEvent(line: Json): TrendEvent | undefined {
  const at = readMoment(line);
  const kind = line['kind'];
  const process = text(line['process']);
  const detail = text(line['detail']);
  if (at === undefined || typeof kind !== 'string' || !Object.hasOwn(EVENTS, kind)) return undefined;
  if (process !== undefined && !/^\d+:\d+$/.test(process)) return undefined;
  return {
    at,
    kind: kind as TrendEvent['kind'],
    ...(process === undefined ? {} : { process: process as ProcessId }),
    ...(detail === undefined ? {} : { detail }),
  };
}

export const readMoment = (line: Json): Milliseconds | undefined => moment(line['at']);
export const readSeriesNumber = (line: Json): number | undefined => count(line['of']);

const moment = (value: unknown): Milliseconds | undefined =>
  typeof value === 'number' && value >= 0 && value <= LATEST_MOMENT ? value : undefined;
const count = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

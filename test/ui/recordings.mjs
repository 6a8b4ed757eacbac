// Recordings of programs that were never run: what takes hours is written in a moment.
import { RecordedMapWriter } from '../../src/export/recorded-map.ts';
import { RecordingWriter } from '../../src/export/recording.ts';
import { recordedMap } from './recorded-maps.mjs';

const MIB = 1 << 20;
const GIB = 1 << 30;

/** A noise that is the same in every run. */
function noise(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

/**
 * @param {object} options
 * @param {number} options.minutes
 * @param {(minute: number, noise: () => number) => number} options.uss  MiB
 * @param {readonly (readonly [minute: number, kind: string, detail?: string])[]} [options.events]
 * @param {readonly [from: number, to: number]} [options.gap]  minutes
 * @param {number} [options.mapEvery]  minutes; absent: without memory maps
 */
export function recordingOf({ minutes, uss, events = [], gap = [-1, -1], mapEvery }) {
  const writer = new RecordingWriter();
  const next = noise(7);
  const begun = Date.UTC(2026, 4, 12, 8, 0);
  const lines = [
    writer.header({
      created: begun,
      tool: 'memlens 0.2.0',
      target: { name: 'board', kind: 'ssh' },
      machine: { hostname: 'board', kernelRelease: '6.1.55', bootId: 'b', pageSize: 4096 },
    }),
  ];
  const name = { pid: 812, startTicks: 4000, command: 'gateway', commandLine: '/usr/bin/gateway --port 8080' };
  const process = writer.process(name);
  lines.push(process.line);
  const maps = new RecordedMapWriter(process.of);
  const left = [...events];
  let inGap = false;
  for (let second = 0; second <= minutes * 60; second++) {
    const minute = second / 60;
    const at = begun + second * 1000;
    while (left.length > 0 && left[0][0] <= minute) {
      const [, kind, detail] = left.shift();
      lines.push(writer.event({ at, kind, process: '812:4000', ...(detail === undefined ? {} : { detail }) }));
    }
    if (minute >= gap[0] && minute < gap[1]) {
      if (!inGap) for (const of of [0, process.of]) lines.push(writer.gap(of, at - 1000));
      inGap = true;
      continue;
    }
    const page = (bytes) => Math.round(bytes / 4096) * 4096;
    const used = page(uss(minute, next) * MIB);
    const free = page(1.2 * GIB - used + 8 * MIB * next());
    const machine = {
      'meminfo.MemTotal': 2 * GIB,
      'meminfo.MemFree': free,
      'meminfo.MemAvailable': free + 400 * MIB,
      'part.applications': 2 * GIB - free - 480 * MIB,
      'part.pageCache': 400 * MIB,
      'part.slabUnreclaimable': 80 * MIB,
      'part.free': free,
    };
    const values = {
      rss: used + 6 * MIB,
      pss: used + 2 * MIB,
      uss: used,
      vsz: 220 * MIB + used,
      anonymous: used - 2 * MIB,
      heap: used - 3 * MIB,
      file: 8 * MIB,
      vmas: 140,
      threads: 6,
      minorFaults: Math.round(40 + 20 * next()),
    };
    const rows = [
      { of: 0, values: new Map(Object.entries(machine)) },
      { of: process.of, values: new Map(Object.entries(values)) },
    ];
    lines.push(...writer.sample(at, rows));
    if (minute % mapEvery === 0) {
      const label = minute === 2 * mapEvery ? 'under load' : undefined;
      lines.push(...maps.lines(recordedMap(4096 + 1024 * (minute / mapEvery), at), label));
    }
  }
  lines.push(writer.end(begun + minutes * 60_000));
  return `${lines.join('\n')}\n`;
}

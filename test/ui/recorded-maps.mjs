// Maps of a process that was never run, for recordings: its heap grows by a MiB from one to the next.
import { snapshotOfFile } from '../../src/app/map/snapshot-of-file.ts';
import { MapTextParser } from '../../src/procfs/map-text.ts';

/** start, KiB, permissions, what is mapped, resident KiB */
const mappings = (heapKib) => [
  [0x55d0c0000000, 64, 'r--p', '/usr/bin/gateway', 64],
  [0x55d0c0010000, 256, 'r-xp', '/usr/bin/gateway', 200],
  [0x55d0c0050000, 16, 'rw-p', '/usr/bin/gateway', 16],
  [0x55d0c1000000, heapKib, 'rw-p', '[heap]', heapKib],
  [0x7f1200000000, 2048, 'rw-p', '', 40],
  [0x7f12a0000000, 1600, 'r-xp', '/usr/lib/x86_64-linux-gnu/libc.so.6', 900],
  [0x7ffc10000000, 132, 'rw-p', '[stack]', 24],
];

const hex = (address) => address.toString(16).padStart(12, '0');

/** @param {number} heapKib  @param {number} at  milliseconds since the Unix epoch */
export function recordedMap(heapKib, at) {
  const text = mappings(heapKib).map(([start, kib, permissions, path, rss]) => {
    const file = path.startsWith('/');
    const shared = file && !permissions.includes('w') ? rss : 0;
    const figures = {
      Size: kib,
      Rss: rss,
      Pss: rss,
      Shared_Clean: shared,
      Shared_Dirty: 0,
      Private_Clean: 0,
      Private_Dirty: rss - shared,
      Swap: 0,
    };
    const head = `${hex(start)}-${hex(start + kib * 1024)} ${permissions} 00000000 ${file ? 'fd:01 77' : '00:00 0'}${path === '' ? '' : ` ${path}`}`;
    return [head, ...Object.entries(figures).map(([name, amount]) => `${name}: ${amount} kB`)].join('\n');
  });
  const parser = new MapTextParser();
  parser.push(new TextEncoder().encode(`${text.join('\n')}\n`));
  return {
    ...snapshotOfFile(parser.end(), 'gateway', at),
    origin: { kind: 'process', target: 'board', process: { pid: 812, startTicks: 4000 }, command: 'gateway' },
  };
}

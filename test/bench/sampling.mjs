// What sampling costs: the target (through a shell, here and over ssh on the loopback), this machine's own reader, and the extension
// host, against what a user would run instead, in turns. 300 processes of 80 mappings are started for it. Prints a line of JSON for
// each bound; the table goes to standard error.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { CpuMeter } from './cpu-meter.mjs';
import { compare } from './ratio.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const PROCESSES = 300;
const SAMPLES = 8;
const SYSTEM = ['/proc/meminfo', '/proc/vmstat', '/proc/loadavg', '/proc/uptime', '/proc/zoneinfo'];
const directory = mkdtempSync(join(tmpdir(), 'memlens-bench-'));
const started = [];
const meters = [];
const results = [];
const notes = [];
const sink = { text() {}, unreadable() {}, stat() {}, exit() {}, maps() {}, fds() {}, cost() {} };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const has = (program) => spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;

try {
  const ours = await bundle();
  await startLoad();
  const probe = new CpuMeter('probe');
  notes.push(`${processes().length} processes; CPU by ${probe.way}`);
  await probe.close();

  // Local: the reader against C.
  const cReader = compile('proc-read.c');
  await localAgainstC(ours, cReader);

  // A shell here.
  const shell = { name: 'shell', ours: ['sh', '-c', ours.SHELL_BOOT], cat: (script) => ['sh', '-c', script] };
  await againstCat(ours, shell);
  await againstTool(ours, shell, 'top -b', topSample, 5);
  await againstTool(ours, shell, 'pidstat -r', pidstatSample, 3);
  await againstSmem(ours, shell);

  // The same over ssh.
  const ssh = await startSshd();
  if (ssh === undefined) notes.push('no sshd, or no right to start it: nothing over ssh was measured');
  else
    await againstCat(ours, {
      name: 'ssh',
      ...ssh,
      ours: ssh.client(ours.SHELL_BOOT),
      cat: (script) => ssh.client(`exec sh -c ${quote(script)}`),
    });
} finally {
  for (const child of started.reverse()) child.kill('SIGTERM');
  for (const meter of meters) await meter.close();
  rmSync(directory, { recursive: true, force: true });
}

for (const result of results) console.log(JSON.stringify(result));
console.error(notes.join('\n'));
const row = (name, ...cells) => name.padEnd(72) + cells.map((cell) => String(cell).padStart(12)).join('');
console.error(
  [row('what', 'ours', 'theirs', 'ratio', 'limit'), ...results.map((r) => row(r.name, r.ours, r.theirs, r.ratio, r.limit))].join(
    '\n',
  ),
);
process.exitCode = results.every(({ ratio, limit }) => ratio <= limit) ? 0 : 1;

async function bundle() {
  const entry = [
    'node/local-reader',
    'node/shell-reader',
    'node/shell-channel',
    'node/reader-program',
    'node/spawn',
    'base/cancel',
    'procfs/stat',
  ]
    .map((module) => `export * from './${module}.ts';`)
    .join('\n');
  const outfile = join(directory, 'readers.mjs');
  await build({
    stdin: { contents: entry, resolveDir: join(here, '../../src'), loader: 'ts' },
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return import(outfile);
}

function compile(source) {
  const program = join(directory, source.replace(/\.c$/, ''));
  execFileSync('cc', ['-O2', '-o', program, join(here, source)]);
  return program;
}

async function startLoad() {
  const load = spawn(compile('sleepers.c'), [String(PROCESSES)], { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(load);
  let lines = 0;
  for await (const chunk of load.stdout) {
    lines += chunk.toString().split('\n').length - 1;
    if (lines >= PROCESSES) return;
  }
  throw new Error('the load did not start');
}

function processes() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function statsRequest() {
  return { files: SYSTEM, everyStat: true, processes: [], maps: [], fds: [] };
}

function rollupRequest() {
  return { ...statsRequest(), files: [], processes: processes().map((pid) => ({ pid, names: ['smaps_rollup'] })) };
}

async function sample(reader, request) {
  const result = await reader.read(request, sink);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

async function localAgainstC({ LocalReader }, cReader) {
  for (const [what, request, names, limit] of [
    ['PSS and USS of all processes, in this process : C', rollupRequest(), ['stat', 'smaps_rollup'], 1.2],
    ['RSS and faults of all processes, in this process : C', { ...statsRequest(), files: [] }, ['stat'], 1.2],
  ]) {
    const reader = new LocalReader();
    await sample(reader, request);
    const rounds = names.length > 1 ? 5 : 40;
    const result = await compare(
      what,
      limit,
      async () => {
        const before = process.cpuUsage();
        for (let i = 0; i < rounds; i++) await sample(reader, request);
        const { user, system } = process.cpuUsage(before);
        return (user + system) / rounds;
      },
      () => Number(execFileSync(cReader, [String(rounds), ...names], { encoding: 'utf8' }).split(' ')[0]),
    );
    keep(result);
    reader.dispose();
  }
}

/** A reader on a shell whose CPU time is counted. */
async function openCounted(ours, way, meter) {
  const child = await ours.start({ argv: way.server === undefined ? meter.argv(way.ours) : way.ours }, ['pipe', 'pipe', 'pipe']);
  if (!child.ok) throw new Error(child.error.code);
  meter.follow(child.value.pid);
  const channel = ours.childChannel(child.value, (exit, detail) => ({
    code: 'target-unreachable',
    target: way.name,
    detail: JSON.stringify(exit) + detail,
  }));
  const reader = await ours.openShellReader(channel, { target: way.name }, ours.neverCancelled);
  if (!reader.ok) throw new Error(JSON.stringify(reader.error));
  return { reader: reader.value, ended: child.value.ended };
}

/** A shell that does one `cat` of the files whenever a line comes. */
function openCat(way, meter, files) {
  const argv = way.cat(`while read -r l;do cat ${files};echo;echo end-of-sample;done`);
  const [program, ...args] = way.server === undefined ? meter.argv(argv) : argv;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  meter.follow(child.pid);
  return {
    child,
    async sample() {
      const parts = [];
      child.stdin.write('\n');
      for (;;) {
        const [chunk] = await once(child.stdout, 'data');
        parts.push(chunk);
        if (chunk.includes('end-of-sample')) return Buffer.concat(parts);
      }
    },
  };
}

async function againstCat(ours, way) {
  const meter = way.server ?? new CpuMeter(way.name);
  for (const [what, request, files, samples] of [
    ['all processes', statsRequest(), `${SYSTEM.join(' ')} /proc/[0-9]*/stat`, SAMPLES],
    ['PSS and USS of all processes', rollupRequest(), '/proc/[0-9]*/stat /proc/[0-9]*/smaps_rollup', 3],
  ]) {
    const { reader, ended } = await openCounted(ours, way, meter);
    const cat = openCat(way, meter, `${files} 2>/dev/null`);
    for (let i = 0; i < 3; i++) await sample(reader, request);
    await cat.sample();
    const counted = async (one) => {
      const before = meter.now();
      for (let i = 0; i < samples; i++) {
        await one();
        await pause(25);
      }
      return ((meter.now() - before) / samples) * 1000;
    };
    keep(
      await compare(
        `${what}, CPU of the target, ${way.name} : one cat`,
        1,
        () => counted(() => sample(reader, request)),
        () => counted(cat.sample),
        5,
      ),
    );
    if (what === 'all processes') await bytesAndHost(ours, way, reader, cat, request);
    reader.dispose();
    cat.child.stdin.end();
    await ended;
  }
  if (way.server === undefined) await meter.close();
}

/** At 1 Hz: more changes between two ticks than in the turns above. */
async function bytesAndHost({ parseStat }, way, reader, cat, request) {
  const rows = [];
  await sample(reader, request);
  for (let i = 0; i < 6; i++) {
    await pause(1000);
    const before = process.cpuUsage();
    const facts = await sample(reader, request);
    const between = process.cpuUsage();
    const text = await cat.sample();
    let known = 0;
    for (let from = 0; from < text.length; ) {
      const end = text.indexOf(10, from);
      if (parseStat(text.subarray(from, end < 0 ? text.length : end)) !== undefined) known++;
      if (end < 0) break;
      from = end + 1;
    }
    const after = process.cpuUsage(between);
    const used = { user: between.user - before.user, system: between.system - before.system };
    if (known < PROCESSES) throw new Error('cat gave too few');
    rows.push({
      bytes: [facts.bytes, text.length],
      host: [(used.user + used.system) / 1000, (after.user + after.system) / 1000],
    });
  }
  const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
  for (const [what, limit, unit, pick] of [
    [`all processes at 1 Hz, bytes on the wire, ${way.name} : one cat`, 1 / 20, 'B', (row) => row.bytes],
    [`all processes at 1 Hz, CPU of the host, ${way.name} : reading all lines`, 1, 'ms', (row) => row.host],
  ]) {
    const mine = median(rows.map((row) => pick(row)[0]));
    const theirs = median(rows.map((row) => pick(row)[1]));
    results.push({
      name: what,
      limit,
      ratio: Number((mine / theirs).toFixed(4)),
      ours: `${short(mine)} ${unit}`,
      theirs: `${short(theirs)} ${unit}`,
    });
  }
}

async function againstTool(ours, way, tool, toolSample, rounds) {
  if (!has(tool.split(' ')[0])) {
    notes.push(`${tool} is not installed`);
    return;
  }
  const mine = new CpuMeter('ours');
  const other = new CpuMeter('tool');
  const { reader, ended } = await openCounted(ours, way, mine);
  await sample(reader, statsRequest());
  const oursMs = async () => {
    const before = mine.now();
    for (let i = 0; i < SAMPLES; i++) {
      await sample(reader, statsRequest());
      await pause(25);
    }
    return ((mine.now() - before) / SAMPLES) * 1000;
  };
  keep(await compare(`all processes, CPU of the target : ${tool}`, 1, oursMs, () => toolSample(other), rounds));
  reader.dispose();
  await ended;
  await Promise.all([mine.close(), other.close()]);
}

/** CPU of a run in microseconds. */
async function costOf(meter, argv) {
  const before = meter.now();
  const [program, ...args] = meter.argv(['sh', '-c', '"$@" >/dev/null; exit 0', 'sh', ...argv]);
  const child = spawn(program, args, { stdio: 'ignore' });
  meter.follow(process.pid);
  await once(child, 'exit');
  return (meter.now() - before) * 1000;
}

/** Without what it takes to start. */
async function topSample(meter) {
  return (
    ((await costOf(meter, ['top', '-b', '-d', '0.1', '-n', '10'])) -
      (await costOf(meter, ['top', '-b', '-d', '0.1', '-n', '2']))) /
    8
  );
}

async function pidstatSample(meter) {
  return (
    ((await costOf(meter, ['pidstat', '-r', '-p', 'ALL', '1', '3'])) -
      (await costOf(meter, ['pidstat', '-r', '-p', 'ALL', '1', '1']))) /
    2
  );
}

async function againstSmem(ours, way) {
  if (!has('smem')) {
    notes.push('smem is not installed');
    return;
  }
  const mine = new CpuMeter('ours');
  const other = new CpuMeter('smem');
  const { reader, ended } = await openCounted(ours, way, mine);
  const request = rollupRequest();
  await sample(reader, request);
  const oursMs = async () => {
    const before = mine.now();
    await sample(reader, request);
    return (mine.now() - before) * 1000;
  };
  keep(await compare('PSS and USS of all processes, CPU of the target : smem', 1, oursMs, () => costOf(other, ['smem']), 3));
  reader.dispose();
  await ended;
  await Promise.all([mine.close(), other.close()]);
}

/** A server with throw-away keys on the loopback, whose CPU time is counted. */
async function startSshd() {
  if (process.getuid() !== 0 || !has('/usr/sbin/sshd') || !has('ssh')) return undefined;
  for (const key of ['host', 'user']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, key)]);
  copyFileSync(join(directory, 'user.pub'), join(directory, 'authorized_keys'));
  mkdirSync('/run/sshd', { recursive: true });
  const port = await freePort();
  writeFileSync(
    join(directory, 'sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${join(directory, 'host')}`,
      `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin yes',
      '',
    ].join('\n'),
  );
  const server = new CpuMeter('sshd');
  meters.push(server);
  const [program, ...args] = server.argv(['/usr/sbin/sshd', '-D', '-q', '-f', join(directory, 'sshd_config')]);
  const sshd = spawn(program, args, { stdio: 'ignore' });
  started.push(sshd);
  server.follow(sshd.pid);
  const client = (command) => [
    ...['ssh', '-T', '-q', '-F', 'none', '-p', String(port), '-i', join(directory, 'user'), '-o', 'BatchMode=yes'],
    ...[
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      `UserKnownHostsFile=${join(directory, 'known_hosts')}`,
      '--',
      `${userInfo().username}@127.0.0.1`,
      command,
    ],
  ];
  for (let attempt = 0; attempt < 50; attempt++) {
    const [ssh, ...words] = client('true');
    if (spawnSync(ssh, words, { stdio: 'ignore' }).status === 0) return { server, client };
    await pause(100);
  }
  return undefined;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function short(value) {
  return value >= 100 ? Math.round(value) : Number(value.toFixed(2));
}

/** What was compared is microseconds here. */
function keep({ oursMs, theirsMs, ...result }) {
  results.push({ ...result, ours: `${oursMs} us`, theirs: `${theirsMs} us` });
}

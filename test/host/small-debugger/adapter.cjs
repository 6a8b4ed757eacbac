// As much of a debug adapter as tells of a process (the `pid` of the launch request), and of a stop when it is asked for one.
let sequence = 1;
let waiting = Buffer.alloc(0);

const send = (message) => {
  const text = JSON.stringify({ seq: sequence++, ...message });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
};
const event = (name, body) => send({ type: 'event', event: name, body });

function answer({ seq, command, arguments: given }) {
  const body = { threads: { threads: [{ id: 1, name: 'main' }] }, stackTrace: { stackFrames: [] } }[command] ?? {};
  send({ type: 'response', request_seq: seq, success: true, command, body });
  if (command === 'initialize') event('initialized');
  if (command === 'launch') event('process', { name: 'program', systemProcessId: given.pid, isLocalProcess: true });
  if (command === 'stop') event('stopped', { reason: 'breakpoint', threadId: 1, description: 'Breakpoint 1' });
  if (command === 'disconnect') event('terminated');
}

process.stdin.on('data', (chunk) => {
  waiting = Buffer.concat([waiting, chunk]);
  for (;;) {
    const end = waiting.indexOf('\r\n\r\n');
    const length = Number(/Content-Length: (\d+)/.exec(waiting.subarray(0, Math.max(0, end)).toString())?.[1]);
    if (end < 0 || waiting.length < end + 4 + length) return;
    const message = JSON.parse(waiting.subarray(end + 4, end + 4 + length).toString());
    waiting = waiting.subarray(end + 4 + length);
    answer(message);
  }
});

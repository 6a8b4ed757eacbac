// A shell of the guest on standard input and output: node connect.mjs SOCKET
import { connect } from 'node:net';
import { Frames } from './frames.mjs';

const socket = connect({ path: process.argv[2], allowHalfOpen: true });
let status = 255;
const frames = new Frames((type, _id, payload) => {
  if (type === '1') process.stdout.write(payload);
  else if (type === '2') process.stderr.write(payload);
  else if (type === 'x') status = payload[0];
});
socket.on('data', (chunk) => frames.push(chunk));
socket.on('error', (error) => process.stderr.write(`${error.message}\n`));
socket.on('close', () => {
  process.exitCode = status;
  process.stdin.destroy();
});
process.stdin.pipe(socket);

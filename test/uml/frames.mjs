// The frames of agent.c: a letter, a number, a length, bytes.
const HEAD = 6;

export function frame(type, id, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(HEAD);
  head.write(type, 0, 'latin1');
  head[1] = id;
  head.writeUInt32LE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

export class Frames {
  #rest = Buffer.alloc(0);
  #tell;

  constructor(tell) {
    this.#tell = tell;
  }

  push(chunk) {
    let bytes = Buffer.concat([this.#rest, chunk]);
    while (bytes.length >= HEAD) {
      const end = HEAD + bytes.readUInt32LE(2);
      if (bytes.length < end) break;
      this.#tell(String.fromCharCode(bytes[0]), bytes[1], bytes.subarray(HEAD, end));
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes;
  }
}

import { randomBytes } from 'node:crypto';
import type { Reader, ReadFacts, ReadRequest, ReadSink } from '../app/reader.js';
import type { Cancel } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import { Emitter } from '../base/emitter.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Bytes, Milliseconds } from '../base/units.js';
import { FrameDecoder } from './frame-decoder.js';
import { FrameParser } from './frame-parser.js';
import { type KnownFile, takeUnreadable } from './known-files.js';
import { readerProgram } from './reader-program.js';
import type { ShellChannel } from './shell-channel.js';
import { type Hello, parseHello } from './shell-hello.js';
import { MAPS_DIGEST, mayBeEmpty, pathOf, type RawFile, RequestEncoder, rawLines } from './shell-request.js';

export interface ShellReaderOptions {
  /** The target's name, for faults. */
  readonly target: string;
  /** The loop on the target ends by itself when nothing has come for so long. */
  readonly watchdogMs?: Milliseconds;
  /** For the shell's first word; a password may have to be typed before it. */
  readonly helloMs?: Milliseconds;
  /** For the answer to a tick. */
  readonly answerMs?: Milliseconds;
  /** Which awks to try. */
  readonly awks?: readonly string[];
  /** What it means that no shell answers; `printed` is the newest text that came instead. */
  readonly faultOfSilence?: (printed: string) => Fault;
}

const WATCHDOG_MS = 60_000;
const HELLO_MS = 30_000;
const ANSWER_MS = 20_000;
/** No banner is so long: this is a program that prints for ever. */
const MOST_BANNER: Bytes = 4 << 20;
/** Why a file can't be read is asked for so many at a tick. */
const MOST_QUESTIONS = 1000;

/** Sends the program to the shell of the channel, and waits until it runs. The channel is ended when it does not. */
export async function openShellReader(
  channel: ShellChannel,
  options: ShellReaderOptions,
  cancel: Cancel,
): Promise<Result<Reader, Fault>> {
  const reader = new ShellReader(channel, options);
  const registration = cancel.onRequest(() => reader.end({ code: 'cancelled' }));
  const fault = await reader.started;
  registration.dispose();
  return fault === undefined ? ok(reader) : err(fault);
}

/** A frame that is awaited. */
interface Exchange {
  readonly sequence: number;
  readonly sink: ReadSink;
  readonly raw: readonly (readonly RawFile[])[];
  /** Files whose reason was asked for. */
  readonly asked: readonly KnownFile[];
  readonly done: (fault: Fault | undefined) => void;
  began: boolean;
}

/** Reads files of a target through one shell that stays: docs/reader-protocol.md. */
class ShellReader implements Reader {
  readonly started: Promise<Fault | undefined>;
  private readonly program: string;
  private readonly parser: FrameParser;
  private readonly ended = new Emitter<Fault>();
  private readonly answerMs: Milliseconds;
  private readonly keepAlive: NodeJS.Timeout;
  private helloTimer: NodeJS.Timeout | undefined;
  private tellStarted: (fault: Fault | undefined) => void = () => undefined;
  private encoder: RequestEncoder | undefined;
  private decoder: FrameDecoder | undefined;
  private exchange: Exchange | undefined;
  private fault: Fault | undefined;
  private sequence = 0;
  private bytes = 0;

  constructor(
    private readonly channel: ShellChannel,
    private readonly options: ShellReaderOptions,
  ) {
    const { watchdogMs = WATCHDOG_MS, helloMs = HELLO_MS, awks } = options;
    this.answerMs = options.answerMs ?? ANSWER_MS;
    const nonce = randomBytes(12).toString('hex');
    this.parser = new FrameParser(nonce, {
      marker: (words) => this.takeMarker(words),
      line: (buffer, from, to) => {
        if (this.exchange?.began) this.takeLine(buffer, from, to, this.exchange);
      },
      raw: (tag, bytes, status) => this.takeRaw(tag, bytes, status),
    });
    this.started = new Promise((resolve) => {
      this.tellStarted = resolve;
    });
    channel.onData((bytes) => {
      if (this.fault !== undefined) return;
      this.bytes += bytes.length;
      this.parser.push(bytes);
      if (this.decoder === undefined && this.bytes > MOST_BANNER) this.end(this.silence());
    });
    channel.onEnd((fault) => this.end(fault));
    this.helloTimer = setTimeout(() => this.end(this.silence()), helloMs);
    // Three chances within the watchdog's time, also when ticks are rare.
    this.keepAlive = setInterval(() => this.send('n\n'), watchdogMs / 3);
    this.keepAlive.unref();
    this.program = readerProgram({ nonce, watchdogMs, ...(awks === undefined ? {} : { awks }) });
    channel.write(`${this.program}\n`);
  }

  async read(request: ReadRequest, sink: ReadSink): Promise<Result<ReadFacts, Fault>> {
    const { encoder, decoder } = this;
    if (this.fault !== undefined) return err(this.fault);
    if (encoder === undefined || decoder === undefined || this.exchange !== undefined) throw new Error('one read at a time');
    const began = performance.now();
    const bytesBefore = this.bytes;
    const { text, raw, refused } = encoder.encode(request, ++this.sequence);
    const fault = await this.ask(text, sink, raw, []);
    const roundTripMs = performance.now() - began;
    if (fault !== undefined) return err(fault);
    for (const file of refused) if (decoder.refuse(file)) sink.unreadable(file.pid, file.name, 'unreadable');
    if (decoder.unclear.length > 0) {
      const oneByOne = decoder.unclear.map((file) => [file]);
      decoder.unclear = [];
      const unclearFault = await this.ask(`b${++this.sequence}\n${rawLines(oneByOne)}e\n`, sink, oneByOne, []);
      if (unclearFault !== undefined) return err(unclearFault);
    }
    const reasonFault = await this.askForReasons(decoder, sink);
    if (reasonFault !== undefined) return err(reasonFault);
    tellCosts(request, decoder, sink);
    return ok({ bytes: this.bytes - bytesBefore, roundTripMs });
  }

  onDidEnd(listener: (fault: Fault) => void): Disposable {
    return this.ended.on(listener);
  }

  dispose(): void {
    this.ended.dispose();
    this.end({ code: 'cancelled' });
  }

  /** The first fault counts. */
  end(fault: Fault): void {
    if (this.fault !== undefined) return;
    this.fault = fault;
    clearTimeout(this.helloTimer);
    clearInterval(this.keepAlive);
    this.channel.end();
    const { exchange } = this;
    this.exchange = undefined;
    exchange?.done(fault);
    this.tellStarted(fault);
    if (this.decoder !== undefined) this.ended.emit(fault);
  }

  private ask(
    text: string,
    sink: ReadSink,
    raw: readonly (readonly RawFile[])[],
    asked: readonly KnownFile[],
  ): Promise<Fault | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.end({ code: 'time-out', seconds: this.answerMs / 1000 }), this.answerMs);
      const done = (fault: Fault | undefined): void => {
        clearTimeout(timer);
        resolve(fault);
      };
      this.exchange = { sequence: this.sequence, sink, raw, asked, done, began: false };
      this.send(text);
    });
  }

  /** awk knows only that it can't read a file; the shell can tell why. */
  private async askForReasons(decoder: FrameDecoder, sink: ReadSink): Promise<Fault | undefined> {
    const all = decoder.newlyUnreadable;
    if (all.length === 0) return undefined;
    decoder.newlyUnreadable = [];
    const asked = all.slice(0, MOST_QUESTIONS);
    for (const file of all.slice(MOST_QUESTIONS)) tellUnreadable(file, 'unreadable', sink);
    const questions = asked.map(({ pid, name }, i) => `q${i}\n${pathOf(pid, nameOf(name))}\n`);
    return this.ask(`b${++this.sequence}\n${questions.join('')}e\n`, sink, [], asked);
  }

  private takeMarker(words: string): void {
    const { exchange } = this;
    if (this.decoder === undefined) {
      this.start(words);
    } else if (exchange !== undefined && words === `b${exchange.sequence}`) {
      exchange.began = true;
    } else if (exchange?.began && words === 'e') {
      this.exchange = undefined;
      this.decoder.finish(exchange.sink);
      exchange.done(undefined);
    } else if (words === 'died' || words.startsWith('hello')) {
      this.end(this.unreachable('the awk on the target has ended'));
    }
  }

  private start(words: string): void {
    if (words === 'no' || words.startsWith('no ')) {
      const platform = words.slice(3).trim().toLowerCase() || 'unknown';
      this.end({ code: 'unsupported-platform', platform, target: this.options.target });
      return;
    }
    const hello: Hello | undefined = parseHello(words);
    if (hello === undefined) return;
    clearTimeout(this.helloTimer);
    this.encoder = new RequestEncoder(hello);
    this.decoder = new FrameDecoder(hello, this.encoder.registered);
    this.tellStarted(undefined);
  }

  private takeLine(buffer: Buffer, from: number, to: number, { asked, sink }: Exchange): void {
    if (asked.length === 0) {
      this.decoder?.line(buffer, from, to, sink);
      return;
    }
    const [, index = '', reason] = /^q(\d+) ([opg])$/.exec(buffer.toString('latin1', from, to)) ?? [];
    const file = asked[Number(index)];
    if (index === '' || file === undefined) return;
    if (reason === 'o' && mayBeEmpty(file)) this.decoder?.empty(file, sink);
    // It can be opened, but there is nothing to read: a process that has ended, or has no memory of its own.
    else tellUnreadable(file, reason === 'p' ? 'permission' : 'gone', sink);
  }

  private takeRaw(tag: string, bytes: Buffer, status: number): void {
    const { exchange, decoder } = this;
    if (exchange === undefined || decoder === undefined) return;
    decoder.finish(exchange.sink);
    const files = exchange.raw[Number(tag)];
    if (tag === '*') decoder.rawStats(bytes, exchange.sink);
    else if (files !== undefined) decoder.raw(files, bytes, status, exchange.sink);
  }

  private send(text: string): void {
    this.bytes += Buffer.byteLength(text);
    this.channel.write(text);
  }

  private silence(): Fault {
    const { noise } = this.parser;
    // What repeats its input has nothing to say.
    const isEcho = noise.split('\n').some((line) => line.length > 40 && this.program.includes(line));
    return this.options.faultOfSilence?.(isEcho ? '' : noise) ?? this.unreachable('no answer from a shell');
  }

  private unreachable(detail: string): Fault {
    const { noise } = this.parser;
    return {
      code: 'target-unreachable',
      target: this.options.target,
      detail: noise === '' ? detail : `${detail}; it printed: ${noise}`,
    };
  }
}

const nameOf = (name: string): string => (name === MAPS_DIGEST ? 'maps' : name);

function tellUnreadable(file: KnownFile, why: 'gone' | 'permission' | 'unreadable', sink: ReadSink): void {
  takeUnreadable(file);
  sink.unreadable(file.pid, nameOf(file.name), why);
}

/** Costs are measured now and then on the target; between, the last one holds. */
function tellCosts(request: ReadRequest, decoder: FrameDecoder, sink: ReadSink): void {
  const tell = (pid: number, name: string): void => {
    const cost = decoder.costOf(pid, name);
    if (cost !== undefined) sink.cost(pid, nameOf(name), cost);
  };
  for (const { pid, names } of request.processes) for (const name of names) tell(pid, name);
  for (const pid of request.maps) tell(pid, MAPS_DIGEST);
}

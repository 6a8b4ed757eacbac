import { closeSync, openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { visibleText } from '../base/visible-text.js';
import type { Ask } from './askpass.js';

/**
 * Questions on the terminal that the command line runs on, as ssh itself would ask them there: ssh is in a session of its own,
 * which has no terminal. undefined where there is none.
 */
export function terminalAsk(): Ask | undefined {
  try {
    closeSync(openSync('/dev/tty', 'r+'));
  } catch {
    return undefined;
  }
  let last: Promise<unknown> = Promise.resolve();
  return ({ text, kind }, cancel) => {
    // The text may be the server's: nothing in it may move the cursor. Lines are kept.
    const shown = text
      .split('\n')
      .map((line) => visibleText(line.replace(/\r$/, '')))
      .join('\n');
    // One question at a time: two hosts on one way may ask at once.
    const answer = last.then(() =>
      cancel.requested ? undefined : readLine(shown, kind !== 'secret', (stop) => cancel.onRequest(stop)),
    );
    last = answer;
    return answer;
  };
}

type OnStop = (stop: () => void) => { dispose(): void };

/** A line typed by the user; undefined after ^C or ^D. The terminal is as it was afterwards. */
function readLine(prompt: string, echo: boolean, onStop: OnStop): Promise<string | undefined> {
  const terminal = new ReadStream(openSync('/dev/tty', 'r+'));
  const print = (text: string): void => void terminal.write(text);
  const characters: string[] = [];
  terminal.setEncoding('utf8');
  terminal.setRawMode(true);
  print(`\r\n${prompt.replaceAll('\n', '\r\n')}`);
  return new Promise((resolve) => {
    const finish = (answer: string | undefined): void => {
      stopping.dispose();
      terminal.removeAllListeners('data');
      terminal.setRawMode(false);
      terminal.write('\r\n', () => terminal.destroy());
      resolve(answer);
    };
    const stopping = onStop(() => finish(undefined));
    terminal.on('data', (chunk: string) => {
      for (const character of chunk) {
        if (character === '\r' || character === '\n') return finish(characters.join(''));
        // ^C gives up, and so does ^D.
        if (character === '\x03' || character === '\x04') return finish(undefined);
        if (character === '\x7f' || character === '\b') {
          if (characters.pop() !== undefined && echo) print('\b \b');
        } else if (character === '\x15') {
          if (echo) print('\b \b'.repeat(characters.length));
          characters.length = 0;
        } else if (character >= ' ') {
          characters.push(character);
          if (echo) print(character);
        }
      }
    });
    terminal.on('error', () => finish(undefined));
  });
}

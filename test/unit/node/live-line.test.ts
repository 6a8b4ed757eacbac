import type { WriteStream } from 'node:tty';
import { describe, expect, test } from 'vitest';
import { LiveLine } from '../../../src/node/live-line.js';

function terminal(columns: number | undefined): { stream: WriteStream; text: () => string } {
  let text = '';
  const stream = { columns, write: (part: string) => (text += part) } as unknown as WriteStream;
  return { stream, text: () => text };
}

describe('a live line', () => {
  test('is written over, and other lines scroll by above it', () => {
    const { stream, text } = terminal(40);
    const line = new LiveLine(stream);
    line.above('first\n');
    line.replace('one');
    line.above('event\n');
    line.replace('two');
    line.end();
    line.above('last\n');
    expect(text()).toBe('first\n\r\x1b[Kone\r\x1b[Kevent\none\r\x1b[Ktwo\nlast\n');
  });

  test('leaves the last column free, and knows the terminal anew each time', () => {
    expect(new LiveLine(terminal(40).stream).width).toBe(39);
    expect(new LiveLine(terminal(1).stream).width).toBe(1);
    expect(new LiveLine(terminal(undefined).stream).width).toBe(79);
    expect(new LiveLine(terminal(0).stream).width).toBe(79);
  });
});

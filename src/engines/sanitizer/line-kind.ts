import type { Frame, StackRole } from '../../model/stack.js';
import { hexEnd, parseFrame } from './frame.js';

/** What a line inside of a report says, other than its first, its last and its frames. `at`: where its own text begins. */
export type ReportLine =
  | { readonly type: 'leak'; readonly at: number; readonly direct: boolean; readonly bytes: number; readonly blocks: number }
  | {
      readonly type: 'access';
      readonly at: number;
      readonly access?: 'read' | 'write';
      readonly size?: number;
      readonly address?: string;
      /** A signal's access comes before the first stack and is no label of it. */
      readonly label?: string;
      readonly detail?: string;
      /** ThreadSanitizer's second access. */
      readonly previous: boolean;
    }
  | { readonly type: 'label'; readonly at: number; readonly role: StackRole; readonly label: string; readonly detail?: string }
  /** A stack of one frame on the line itself: where a global is defined. */
  | { readonly type: 'place'; readonly at: number; readonly label: string; readonly frame: Frame; readonly detail: string }
  | { readonly type: 'detail'; readonly at: number; readonly text: string }
  | { readonly type: 'abort'; readonly at: number; readonly pid?: number }
  | { readonly type: 'omitted'; readonly at: number; readonly text: string };

const ANCHOR =
  /(?:READ|WRITE|ACCESS|UNKNOWN) of size \d|(?:[Rr]ead|[Ww]rite) of size \d|is located |freed (?:by|here)|deallocated here|allocated (?:by|here)|created (?:by|at)|The signal is caused by|[Hh]int: |Uninitialized (?:value was|bytes in)|Memory was marked as uninit|Member fields were destroyed|Virtual table ptr was|<== Memory access|\[\d{1,12}, \d{1,12}\) '|(?:size|alignment) of the (?:de)?allocated|object passed to delete|Cause: |is a wild pointer|wild memory access|wild pointer inside|Omitting \d|ABORTING|registered at:|registered at these|\[\d\] (?:size=|')|\[\d\]:$|Invalid access starting|Stack of invalid access/;

const LEAK = /(Direct|Indirect) leak of (\d{1,15}) byte\(s\) in (\d{1,15}) object\(s\)/;
const ACCESS = /^(READ|WRITE|ACCESS|UNKNOWN) of size (\d{1,15})(?: at (0x[0-9a-fA-F]+))?/;
const RACE = /(?:([Pp]revious) )?(?:[Aa]tomic )?([Rr]ead|[Ww]rite) of size (\d{1,15}) at (0x[0-9a-fA-F]+)/;
const GLOBAL = /global variable '(.*?)' (?:defined in|from) '(.*)' \((0x[0-9a-fA-F]+)\)/;
const ODR = /^\[\d\] (?:size=\d+ '(.*?)'|'(.*?)'(?: size=\d+)?) (\S.*)$/;

/**
 * The lines that most reports have, as the runtimes print them: they are nothing else besides. Undefined: it is some
 * other line, perhaps one of the same with something around it.
 */
export function readPlainLine(line: string): ReportLine | undefined {
  switch (line.charCodeAt(0)) {
    case 48: {
      // 0x602000000010 is located
      const space = line.charCodeAt(1) === 120 ? hexEnd(line, 2) : 0;
      return space > 2 && line.startsWith(' is located ', space) ? readLocated(line, space + 1) : undefined;
    }
    case 61: // ==1==ABORTING
      return readPlainAbort(line);
    case 65: {
      // Address 0x7ffd0000 is located
      const space = line.startsWith('Address 0x') ? hexEnd(line, 10) : 0;
      return space > 10 && line.startsWith(' is located ', space) ? readLocated(line, space + 1) : undefined;
    }
    case 68: // D
      return line.startsWith(DIRECT) ? readPlainLeak(line, DIRECT.length, true) : undefined;
    case 73: // I
      return line.startsWith(INDIRECT) ? readPlainLeak(line, INDIRECT.length, false) : undefined;
    case 82: // R
      return line.startsWith('READ of size ') ? readAccess(line, 0) : undefined;
    case 87: // W
      return line.startsWith('WRITE of size ') ? readAccess(line, 0) : undefined;
    case 97: // a
      return line.startsWith('allocated by thread ') ? plainLabel('allocation', line) : undefined;
    case 102: // f
      return line.startsWith('freed by thread ') ? plainLabel('free', line) : undefined;
    case 112: // p
      return line.startsWith('previously allocated by thread ') ? plainLabel('allocation', line) : undefined;
    default:
      return undefined;
  }
}

const ABORTING = '==ABORTING';
const DIRECT = 'Direct leak of ';
const INDIRECT = 'Indirect leak of ';
const BYTES_IN = ' byte(s) in ';
const OBJECTS = ' object(s) allocated from:';

function plainLabel(role: StackRole, line: string): ReportLine {
  return { type: 'label', at: 0, role, label: tidy(line) };
}

function readPlainAbort(line: string): ReportLine | undefined {
  const pidEnd = line.length - ABORTING.length;
  if (pidEnd < 3 || pidEnd > 12 || line.charCodeAt(1) !== 61 || !line.endsWith(ABORTING)) return undefined;
  return digitsEnd(line, 2) === pidEnd ? { type: 'abort', at: 0, pid: Number(line.slice(2, pidEnd)) } : undefined;
}

function readPlainLeak(line: string, from: number, direct: boolean): ReportLine | undefined {
  const bytesEnd = digitsEnd(line, from);
  const blocksAt = bytesEnd + BYTES_IN.length;
  if (bytesEnd === from || !line.startsWith(BYTES_IN, bytesEnd)) return undefined;
  const blocksEnd = digitsEnd(line, blocksAt);
  if (blocksEnd === blocksAt || blocksEnd + OBJECTS.length !== line.length || !line.endsWith(OBJECTS)) return undefined;
  const bytes = Number(line.slice(from, bytesEnd));
  return { type: 'leak', at: 0, direct, bytes, blocks: Number(line.slice(blocksAt, blocksEnd)) };
}

/** The end of at most 15 digits, which a number holds exactly. */
function digitsEnd(text: string, from: number): number {
  let at = from;
  while (at < from + 15 && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at++;
  return at;
}

const RULE = '='.repeat(65);
const THIN_RULE = '-'.repeat(53);

/** Lines of many reports that tell nothing, word by word. */
export function isIdleLine(line: string): boolean {
  switch (line.charCodeAt(0)) {
    case 32:
      return line === '      (longjmp and C++ exceptions *are* supported)';
    case 45:
      return line === THIN_RULE;
    case 61:
      return line === RULE;
    case 65:
      return line === 'AddressSanitizer can not provide additional info.';
    case 72:
      return (
        line ===
        'HINT: this may be a false positive if your program uses some custom stack unwind mechanism, swapcontext or vfork'
      );
    case 79:
      return line === 'Objects leaked above:';
    case 83:
      return line === 'Shadow bytes around the buggy address:';
    default:
      return false;
  }
}

/** A row of shadow bytes or tags: `  0x0c047fff8820: fa fa`, `=>0x...`. */
export function isShadow(line: string): boolean {
  return SHADOW.test(line);
}

const SHADOW = /(?:^|\s)(?:=>)?0x[0-9a-fA-F]{6,16}: ?[[ ]?[0-9a-f.]{2}\b/;
const ROW_LENGTH = 66;

/**
 * The length of a row of 16 shadow bytes as AddressSanitizer prints it, with its line end; 0: it is none. Between the
 * bytes there are blanks and brackets: no word fits.
 */
export function plainRowLength(text: string, from: number): number {
  if (text.charCodeAt(from + ROW_LENGTH - 1) !== 10 || text.charCodeAt(from + 16) !== 58) return 0;
  const first = text.charCodeAt(from);
  if ((first !== 32 && first !== 61) || text.charCodeAt(from + 2) !== 48 || text.charCodeAt(from + 3) !== 120) return 0;
  if (hexEnd(text, from + 4) !== from + 16) return 0;
  for (let at = from + 17; at < from + ROW_LENGTH - 1; at += 3) {
    const c = text.charCodeAt(at);
    if (c !== 32 && c !== 91 && c !== 93) return 0;
  }
  return ROW_LENGTH;
}

/** Undefined for everything that is no part of a report, or tells nothing (shadow bytes, legends, HINT lines). */
export function readReportLine(line: string): ReportLine | undefined {
  const leak = line.includes(' leak of ') ? LEAK.exec(line) : null;
  if (leak) {
    return { type: 'leak', at: leak.index, direct: leak[1] === 'Direct', bytes: Number(leak[2]), blocks: Number(leak[3]) };
  }
  const match = ANCHOR.exec(line);
  if (!match) return undefined;
  const found = match[0];
  const index = match.index;
  const label = (role: StackRole, at: number): ReportLine => ({ type: 'label', at, role, label: tidy(line.slice(at)) });
  const detail = (at: number): ReportLine => ({ type: 'detail', at, text: tidy(line.slice(at)) });
  switch (true) {
    case /^[RWAU][A-Z]+ of size/.test(found):
      return readAccess(line, index);
    case found.includes(' of size '):
      return readRace(line);
    case found === 'is located ':
      return readLocated(line, index);
    case found.startsWith('freed'):
      return label('free', index);
    case found === 'deallocated here':
      return label('free', index);
    case found.startsWith('allocated'): {
      const block = line.lastIndexOf('Location is ', index);
      const at =
        block >= 0
          ? block
          : line.endsWith('previously ', index) || line.startsWith('previously ', index - 11)
            ? index - 11
            : index;
      return label('allocation', Math.max(0, at));
    }
    case found.startsWith('created'): {
      const thread = line.lastIndexOf('Thread ', index);
      if (thread >= 0) return / unknown thread/.test(line) ? detail(thread) : label('thread', thread);
      const mutex = line.lastIndexOf('Mutex ', index);
      return mutex >= 0 ? label('other', mutex) : undefined;
    }
    case found.startsWith('The signal'): {
      const access = /caused by a (READ|WRITE)/.exec(line)?.[1];
      return {
        type: 'access',
        at: beginning(line, index),
        ...(access === undefined ? {} : { access: access === 'READ' ? 'read' : 'write' }),
        detail: tidy(line.slice(index)),
        previous: false,
      };
    }
    case found === 'Hint: ':
      return { type: 'detail', at: beginning(line, index), text: tidy(line.slice(index)) };
    case found === 'hint: ':
      return undefined;
    case found === 'Uninitialized bytes in':
      return detail(index);
    case /^(?:Uninit|Memory was|Member|Virtual)/.test(found):
      return label('origin', index);
    case found === '<== Memory access' || found.startsWith('['): {
      if (/^\[\d\]/.test(found)) return readRegistration(line, index);
      const bracket = /\[\d{1,12}, \d{1,12}\)/.exec(line)?.index ?? index;
      return detail(bracket);
    }
    case found.startsWith('registered at:'):
      return label('other', index);
    case found === 'ABORTING': {
      const pid = /==(\d{1,10})== ?$/.exec(line.slice(0, index))?.[1];
      return pid === undefined && !/\bABORTING$/.test(line.trimEnd())
        ? undefined
        : { type: 'abort', at: beginning(line, index), ...(pid === undefined ? {} : { pid: Number(pid) }) };
    }
    case found.startsWith('Omitting'):
      return { type: 'omitted', at: index, text: tidy(line.slice(index)) };
    case found === 'is a wild pointer': {
      const address = line.lastIndexOf('Address ', index);
      return detail(address < 0 ? index : address);
    }
    case found === 'wild memory access': {
      const tool = line.lastIndexOf('AddressSanitizer', index);
      return detail(tool < 0 ? index : tool);
    }
    case found === 'registered at these':
      return undefined;
    default:
      return detail(index);
  }
}

/** Takes `==PID==` before a text along. */
function beginning(line: string, index: number): number {
  const pid = /==\d{1,10}== ?$/.exec(line.slice(0, index));
  return pid ? pid.index : index;
}

function tidy(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  if (last > 32 && last < 127 && text.length <= 1000 && !text.includes('[')) return text;
  return text
    .replace(/\[\d{0,3}m/g, '')
    .trimEnd()
    .slice(0, 1000);
}

function readAccess(line: string, index: number): ReportLine | undefined {
  const match = ACCESS.exec(line.slice(index));
  if (!match) return undefined;
  return {
    type: 'access',
    at: index,
    ...(match[1] === 'READ' ? { access: 'read' } : match[1] === 'WRITE' ? { access: 'write' } : {}),
    size: Number(match[2]),
    ...(match[3] === undefined ? {} : { address: match[3] }),
    label: tidy(line.slice(index)),
    previous: false,
  };
}

function readRace(line: string): ReportLine | undefined {
  const match = RACE.exec(line);
  if (!match) return undefined;
  return {
    type: 'access',
    at: match.index,
    access: (match[2] as string).toLowerCase() === 'read' ? 'read' : 'write',
    size: Number(match[3]),
    address: match[4] as string,
    label: tidy(line.slice(match.index)),
    previous: match[1] !== undefined,
  };
}

/** `0x.. is located N bytes after 40-byte region [..)`, `... global variable 'g' ...`, `Address 0x.. is located in stack of ...`. */
function readLocated(line: string, index: number): ReportLine | undefined {
  const address = line.lastIndexOf('0x', index);
  if (address < 0) return undefined;
  const at = line.startsWith('Address ', address - 8) ? address - 8 : address;
  const text = tidy(line.slice(at));
  if (text.endsWith(' in frame')) return { type: 'label', at, role: 'allocation', label: text, detail: text };
  const global = text.includes('global variable ') ? GLOBAL.exec(text) : null;
  if (!global) return { type: 'detail', at, text };
  const frame = placeFrame(global[2] as string);
  return frame ? { type: 'place', at, label: text, frame, detail: text } : { type: 'detail', at, text };
}

/** The two globals of an odr-violation, and the two stacks that registered them. */
function readRegistration(line: string, index: number): ReportLine | undefined {
  const text = tidy(line.slice(index));
  if (text.endsWith(']:')) return { type: 'label', at: index, role: 'other', label: `${text.slice(0, -1)} registered` };
  const match = ODR.exec(text);
  const frame = match ? placeFrame(match[3] as string) : undefined;
  return frame ? { type: 'place', at: index, label: text, frame, detail: text } : undefined;
}

/** `FILE:LINE:COLUMN` as a frame without a function. */
function placeFrame(location: string): Frame | undefined {
  const module = / in (\/\S.*)$/.exec(location);
  const match = /^(.*?)(?::(\d{1,9}))?(?::(\d{1,9}))?$/.exec(module ? location.slice(0, module.index) : location);
  const file = match?.[1] ?? '';
  if (file === '' || file.startsWith('<')) return undefined;
  const line = Number(match?.[2] ?? 0);
  const column = Number(match?.[3] ?? 0);
  return { file, ...(line > 0 ? { line } : {}), ...(line > 0 && column > 0 ? { column } : {}) };
}

/** The frame of a SUMMARY: `FILE:LINE:COLUMN in FUNCTION`, `(MODULE+0xOFF) in FUNCTION`, `FILE:LINE FUNCTION` (gcc). */
export function summaryFrame(rest: string): Frame | undefined {
  if (rest === '' || rest.startsWith('??')) return undefined;
  const withName = / in (?=[^ ])/.exec(rest);
  if (withName) {
    const name = rest.slice(withName.index + 4).replace(/\+0x[0-9a-f]+$/, '');
    return parseFrame(`in ${name} ${rest.slice(0, withName.index)}`);
  }
  if (rest.startsWith('(')) return parseFrame(rest);
  const gcc = /^(\S.*?):(\d{1,9})(?::(\d{1,9}))?(?: (\S.*))?$/.exec(rest);
  if (!gcc) return undefined;
  const column = Number(gcc[3] ?? 0);
  return {
    ...(gcc[4] === undefined ? {} : { function: gcc[4] }),
    file: gcc[1] as string,
    line: Number(gcc[2]),
    ...(column > 0 ? { column } : {}),
  };
}

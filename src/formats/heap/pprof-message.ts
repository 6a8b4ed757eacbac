import { utf8Text } from '../../base/utf8.js';
import { ProtobufReader, signed, type Varint } from './protobuf.js';

/** Texts are indexes into `texts`; identities of mappings, locations and functions are any numbers. */
interface PprofLocation {
  readonly mapping: Varint;
  readonly address: Varint;
  /** Innermost first: all but the last were inlined. */
  readonly lines: readonly { readonly function: Varint; readonly line: number }[];
}

export interface PprofMessage {
  readonly texts: string[];
  readonly types: { readonly type: number; readonly unit: number }[];
  readonly mappings: Map<
    Varint,
    { readonly start: Varint; readonly limit: Varint; readonly offset: Varint; readonly file: number }
  >;
  readonly locations: Map<Varint, PprofLocation>;
  readonly functions: Map<Varint, { readonly name: number; readonly systemName: number; readonly file: number }>;
  /** Samples, each where it lies in the file. */
  readonly samples: ProtobufReader[];
  /** Nanoseconds since the Unix epoch; 0: not told. */
  time: number;
  period: number;
  periodType: { readonly type: number; readonly unit: number };
  defaultType: number;
  /** Messages that end in the middle. */
  broken: number;
  /** The file itself ends in the middle, or is something else from there on. */
  isCut: boolean;
}

/**
 * Reads a profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto), not compressed. Labels, comments and the times of each sample are
 * not read.
 */
export function readPprof(bytes: Uint8Array): PprofMessage {
  const message: PprofMessage = {
    texts: [],
    types: [],
    mappings: new Map(),
    locations: new Map(),
    functions: new Map(),
    samples: [],
    time: 0,
    period: 0,
    periodType: { type: 0, unit: 0 },
    defaultType: 0,
    broken: 0,
    isCut: false,
  };
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    const { field, value } = reader;
    if (field === 1) message.types.push(valueType(reader, message));
    else if (field === 2) message.samples.push(reader.message());
    else if (field === 3) mapping(reader, message);
    else if (field === 4) location(reader, message);
    else if (field === 5) functionOf(reader, message);
    else if (field === 6) message.texts.push(utf8Text(reader.range()));
    else if (field === 9) message.time = signed(value);
    else if (field === 11) message.periodType = valueType(reader, message);
    else if (field === 12) message.period = signed(value);
    else if (field === 14) message.defaultType = Number(value);
  }
  message.isCut = reader.isBroken;
  return message;
}

/** The numbers of a message's fields, by field. */
function numbers(reader: ProtobufReader, message: PprofMessage): Map<number, Varint> {
  const found = new Map<number, Varint>();
  const inner = reader.message();
  while (inner.next()) found.set(inner.field, inner.value);
  if (inner.isBroken) message.broken++;
  return found;
}

function valueType(reader: ProtobufReader, message: PprofMessage): { readonly type: number; readonly unit: number } {
  const fields = numbers(reader, message);
  return { type: Number(fields.get(1) ?? 0), unit: Number(fields.get(2) ?? 0) };
}

function mapping(reader: ProtobufReader, message: PprofMessage): void {
  const fields = numbers(reader, message);
  message.mappings.set(fields.get(1) ?? 0, {
    start: fields.get(2) ?? 0,
    limit: fields.get(3) ?? 0,
    offset: fields.get(4) ?? 0,
    file: Number(fields.get(5) ?? 0),
  });
}

function functionOf(reader: ProtobufReader, message: PprofMessage): void {
  const fields = numbers(reader, message);
  message.functions.set(fields.get(1) ?? 0, {
    name: Number(fields.get(2) ?? 0),
    systemName: Number(fields.get(3) ?? 0),
    file: Number(fields.get(4) ?? 0),
  });
}

function location(reader: ProtobufReader, message: PprofMessage): void {
  const inner = reader.message();
  let id: Varint = 0;
  let mapping: Varint = 0;
  let address: Varint = 0;
  const lines: { function: Varint; line: number }[] = [];
  while (inner.next()) {
    if (inner.field === 1) id = inner.value;
    else if (inner.field === 2) mapping = inner.value;
    else if (inner.field === 3) address = inner.value;
    else if (inner.field === 4) {
      const fields = numbers(inner, message);
      lines.push({ function: fields.get(1) ?? 0, line: signed(fields.get(2) ?? 0) });
    }
  }
  if (inner.isBroken) message.broken++;
  message.locations.set(id, { mapping, address, lines });
}

import { BinaryReader } from '@bufbuild/protobuf/wire';

type Values = Record<string, unknown>;
type Field = (reader: BinaryReader, into: Values) => void;

/** The fields of a protobuf message that are read, by number; all others are skipped without being decoded. */
export type Message = Readonly<Record<number, Field>>;

/** Buffer's own decoding is several times as fast as TextDecoder's for strings as short as these. */
const utf8 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/** Reads a message as the object its JSON form would be: what is empty is left out. Throws on what is no such message. */
export function read(bytes: Uint8Array, message: Message): Values {
  const reader = new BinaryReader(bytes, utf8);
  const values: Values = {};
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = message[number];
    if (field === undefined) reader.skip(wireType, number);
    else field(reader, values);
  }
  return values;
}

export const text = (name: string): Field => {
  return (reader, into) => {
    const value = reader.string();
    if (value !== '') into[name] = value;
  };
};

export const bytes = (name: string): Field => {
  return (reader, into) => {
    into[name] = reader.bytes();
  };
};

export const integer = (name: string): Field => {
  return (reader, into) => {
    into[name] = reader.int32();
  };
};

export const flag = (name: string): Field => {
  return (reader, into) => {
    into[name] = reader.bool();
  };
};

export const one = (name: string, message: Message): Field => {
  return (reader, into) => {
    into[name] = read(reader.bytes(), message);
  };
};

export const many = (name: string, message: Message): Field => {
  return (reader, into) => {
    into[name] ??= [];
    (into[name] as Values[]).push(read(reader.bytes(), message));
  };
};

const ENTRY: Message = { 1: text('key'), 2: text('value') };

/** A map of strings: on the wire a list of entries. */
export const map = (name: string): Field => {
  return (reader, into) => {
    const { key = '', value = '' } = read(reader.bytes(), ENTRY) as { key?: string; value?: string };
    into[name] ??= {};
    (into[name] as Values)[key] = value;
  };
};

const TIME: Message = {
  1: (reader, into) => {
    into.seconds = Number(reader.int64());
  },
};

/** `metav1.Time`, as JSON has it: whole seconds. */
export const time = (name: string): Field => {
  return (reader, into) => {
    const { seconds = 0 } = read(reader.bytes(), TIME) as { seconds?: number };
    into[name] = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  };
};

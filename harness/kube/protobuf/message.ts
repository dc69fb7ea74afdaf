import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

type Values = Record<string, unknown>;
type Field = (reader: Wire, into: Values) => void;

/** The fields of a protobuf message that are read, by number; all others are skipped without being decoded. */
export type Message = Readonly<Record<number, Field>>;

const NOTHING = new Uint8Array();

/**
 * One reader for a message and all those within it. It hands out no views of the bytes, but reads strings in place: for as
 * many short ones as a pod has, making the views would take longer than all the rest.
 */
class Wire extends BinaryReader {
  readonly #source: Buffer;

  constructor(source: Buffer) {
    super(source);
    this.#source = source;
  }

  /** Steps over what has a length; returns where it ends. */
  end(): number {
    const end = this.uint32() + this.pos;
    if (end > this.len) throw new RangeError(`a field ends ${end - this.len} bytes after its message`);
    return end;
  }

  /** The library hands out a view of each field that it skips, and a pod has dozens that nobody reads. */
  override skip(wireType: WireType, number?: number): Uint8Array {
    if (wireType !== WireType.LengthDelimited) return super.skip(wireType, number);
    this.pos = this.end();
    return NOTHING;
  }

  override string(): string {
    const end = this.end();
    const value = this.#source.toString('utf8', this.pos, end);
    this.pos = end;
    return value;
  }

  /** Steps over `letters` when they come next; false when something else does. */
  passed(letters: string): boolean {
    const end = this.pos + letters.length;
    if (this.#source.toString('latin1', this.pos, end) !== letters) return false;
    this.pos = end;
    return true;
  }
}

/** Reads a message as the object its JSON form would be: what is empty is left out. Throws on what is no such message. */
export function read(source: Buffer, message: Message): Values {
  return within(new Wire(source), source.length, message);
}

function within(reader: Wire, end: number, message: Message): Values {
  const values: Values = {};
  while (reader.pos < end) {
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
    into[name] = within(reader, reader.end(), message);
  };
};

/** A field whose bytes are a message after some letters. Throws when they do not begin with those. */
export const lettered = (name: string, letters: string, message: Message): Field => {
  return (reader, into) => {
    const end = reader.end();
    if (!reader.passed(letters)) throw new Error(`expected an ${name} in protobuf, seen none`);
    into[name] = within(reader, end, message);
  };
};

export const many = (name: string, message: Message): Field => {
  return (reader, into) => {
    into[name] ??= [];
    (into[name] as Values[]).push(within(reader, reader.end(), message));
  };
};

const ENTRY: Message = { 1: text('key'), 2: text('value') };

/** A map of strings: on the wire a list of entries. */
export const map = (name: string): Field => {
  return (reader, into) => {
    const { key = '', value = '' } = within(reader, reader.end(), ENTRY) as { key?: string; value?: string };
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
    const { seconds = 0 } = within(reader, reader.end(), TIME) as { seconds?: number };
    into[name] = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  };
};

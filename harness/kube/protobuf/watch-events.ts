import type { WatchCodec, WatchEvent } from '../watch-codec.ts';
import { integer, lettered, type Message, one, read, text } from './message.ts';

/** `metav1.Status`: what an ERROR event brings instead of an object. */
const STATUS: Message = { 3: text('message'), 4: text('reason'), 6: integer('code') };

/** `metav1.WatchEvent`, down to the object: a `RawExtension` with a `runtime.Unknown`, which begins with a magic number. */
function watchEvent(message: Message): Message {
  const wrapped = (what: Message) => one('wrapped', { 1: lettered('object', 'k8s\0', { 2: one('raw', what) }) });
  const object = wrapped(message);
  const status = wrapped(STATUS);
  // The type comes first on the wire.
  return { 1: text('type'), 2: (reader, into) => (into.type === 'ERROR' ? status : object)(reader, into) };
}

interface Wrapped {
  type: string;
  wrapped?: { object?: { raw?: unknown } };
}

/** etcd takes no object of more than 1.5 MiB; a length beyond this is none. */
const LARGEST_FRAME_BYTES = 16 * 1024 * 1024;

/**
 * The protobuf form, of which only the fields in `message` are decoded. It costs both sides less than JSON: the API server
 * encodes a change once for all who watch in this form, its own controllers among them.
 */
export function protobuf<T>(message: Message): WatchCodec<T> {
  const event = watchEvent(message);
  return {
    mediaType: 'application/vnd.kubernetes.protobuf;stream=watch',
    reader() {
      const frames = framing();
      return function* (chunk) {
        for (const frame of frames(chunk)) {
          const { type, wrapped } = read(frame, event) as unknown as Wrapped;
          if (wrapped?.object === undefined) throw new Error('expected an object in protobuf, seen none');
          yield { type, object: wrapped.object.raw ?? {} } as WatchEvent<T>;
        }
      };
    },
  };
}

const LENGTH_BYTES = 4;

/** Four bytes of length, big-endian, then as many bytes. */
function framing(): (chunk: Buffer) => Iterable<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  return function* (chunk) {
    let left = chunk;
    if (rest.length === LENGTH_BYTES && sizeOf(rest) <= chunk.length) {
      // The API server writes the length by itself. Putting the two together would copy every object once.
      yield chunk.subarray(0, sizeOf(rest));
      left = chunk.subarray(sizeOf(rest));
    } else if (rest.length > 0) {
      left = Buffer.concat([rest, chunk]);
    }
    while (left.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + sizeOf(left);
      if (left.length < end) break;
      yield left.subarray(LENGTH_BYTES, end);
      left = left.subarray(end);
    }
    rest = left;
  };
}

/** The length that a frame begins with. Throws when it can be none. */
function sizeOf(frame: Buffer): number {
  const size = frame.readUInt32BE(0);
  if (size <= LARGEST_FRAME_BYTES) return size;
  throw new Error(`expected a frame of protobuf, seen ${frame.toString('latin1', 0, 80)}`);
}

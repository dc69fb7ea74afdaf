import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** A message from its fields: strings, numbers, flags and messages, each with its number. */
export function message(...fields: [number, string | number | boolean | Uint8Array][]): Uint8Array {
  const writer = new BinaryWriter();
  for (const [number, value] of fields) {
    if (typeof value === 'string') writer.tag(number, 2).string(value);
    else if (typeof value === 'number') writer.tag(number, 0).int64(value);
    else if (typeof value === 'boolean') writer.tag(number, 0).bool(value);
    else writer.tag(number, 2).bytes(value);
  }
  return writer.finish();
}

/** An event of a watch as the API server writes it. */
export function frame(type: string, object: Uint8Array, magic = 'k8s\0'): Buffer {
  const unknown = message([1, message([1, 'v1'], [2, 'Pod'])], [2, object], [3, ''], [4, '']);
  const raw = Buffer.concat([Buffer.from(magic, 'latin1'), unknown]);
  const event = message([1, type], [2, message([1, raw])]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(event.length);
  return Buffer.concat([size, event]);
}

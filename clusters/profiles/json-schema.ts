import { z } from 'zod';
import { profileFileSchema } from './schema.ts';

/** The JSON Schema of a profile file, for editors, as it is shipped in profile.schema.json. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(profileFileSchema, { io: 'input' });
  return `${JSON.stringify({ title: 'falldown profile', ...schema }, null, 2)}\n`;
}

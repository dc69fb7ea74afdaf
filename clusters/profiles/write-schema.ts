import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { profilesFolder } from './builtin.ts';
import { jsonSchema } from './json-schema.ts';

// Run after a change to schema.ts: node clusters/profiles/write-schema.ts
writeFileSync(join(profilesFolder(), 'profile.schema.json'), jsonSchema());

import { writeFileSync } from 'node:fs';
import { resultJsonSchema } from './schema.ts';

// Run after a change of schema.ts; a unit test fails while the file in the repository is older than the schema.
writeFileSync(new URL('result.schema.json', import.meta.url), resultJsonSchema());

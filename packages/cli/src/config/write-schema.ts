// Writes config.schema.json, which editors read: node --conditions=@sheep/source --import tsx src/config/write-schema.ts
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from './json-schema.js';

const path = new URL('../../config.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOpenApi } from '../../electron/platform-api/openapi.ts';

/** Where the generated document is kept. */
export const OPENAPI_FILE = join(import.meta.dirname, '..', '..', 'electron', 'platform-api', 'openapi.json');

/** The document as it stands in the file. */
export function openApiText(): string {
  return `${JSON.stringify(buildOpenApi(), null, 2)}\n`;
}

if (import.meta.main) {
  writeFileSync(OPENAPI_FILE, openApiText());
  console.log(`written: ${OPENAPI_FILE}`);
}

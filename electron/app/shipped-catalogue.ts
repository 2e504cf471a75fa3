import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ItemPack } from '../domain/item-pack.ts';
import { ItemPackSchema } from '../platform-api/item-pack-schema.ts';
import type { LogPort } from '../services/ports.ts';

/** The item packs that the product ships, for a kiosk that has not met its platform yet. */
export interface ShippedCatalogue {
  readonly version: number;
  readonly items: readonly ItemPack[];
}

/** Reads `catalogue/catalogue.json` and its items; a pack that breaks the schema is left out and logged. */
export async function loadShippedCatalogue(assetsDir: string, log: LogPort): Promise<ShippedCatalogue> {
  const dir = join(assetsDir, 'catalogue');
  const index = JSON.parse(await readFile(join(dir, 'catalogue.json'), 'utf8')) as { version: number };
  const names = (await readdir(join(dir, 'items'))).filter((name) => name.endsWith('.json')).toSorted();
  const items: ItemPack[] = [];
  for (const name of names) {
    const parsed = ItemPackSchema.safeParse(JSON.parse(await readFile(join(dir, 'items', name), 'utf8')));
    if (parsed.success) items.push(parsed.data);
    else log.event('error', 'item-pack-refused', { file: name, issue: parsed.error.issues[0]?.message });
  }
  return { version: index.version, items };
}

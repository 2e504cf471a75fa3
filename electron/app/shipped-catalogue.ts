import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ItemPack } from '../domain/item-pack.ts';
import { Readings } from '../domain/search/index.ts';
import { CatalogueSchema, ItemPackSchema } from '../platform-api/item-pack-schema.ts';
import type { LogPort } from '../services/ports.ts';

/** The item packs that the product ships, for a kiosk that has not met its platform yet. */
export interface ShippedCatalogue {
  readonly version: number;
  /** In the order of lists. */
  readonly items: readonly ItemPack[];
}

/**
 * Reads `catalogue/catalogue.json` and the items that it names; a pack that cannot be read or breaks the schema is left
 * out and logged. Rejects when the catalogue itself is none: a broken build.
 */
export async function loadShippedCatalogue(assetsDir: string, log: LogPort): Promise<ShippedCatalogue> {
  const dir = join(assetsDir, 'catalogue');
  const index = CatalogueSchema.parse(JSON.parse(await readFile(join(dir, 'catalogue.json'), 'utf8')));
  const items: ItemPack[] = [];
  for (const file of index.items) {
    try {
      const parsed = ItemPackSchema.safeParse(JSON.parse(await readFile(join(dir, file), 'utf8')));
      if (parsed.success) items.push(parsed.data);
      else log.event('error', 'item-pack-refused', { file, issue: parsed.error.issues[0]?.message });
    } catch (cause) {
      log.event('error', 'item-pack-refused', { file, issue: cause instanceof Error ? cause.message : '' });
    }
  }
  return { version: index.version, items };
}

/** The table of how characters sound; empty, and logged, when it is not there: items are found by their characters only. */
export async function readReadings(assetsDir: string, log: LogPort): Promise<string> {
  try {
    return await readFile(join(assetsDir, 'dictionaries', 'readings.txt'), 'utf8');
  } catch (cause) {
    log.event('error', 'readings-missing', { issue: cause instanceof Error ? cause.message : '' });
    return '';
  }
}

/** How characters sound, for searching. */
export async function loadReadings(assetsDir: string, log: LogPort): Promise<Readings> {
  return new Readings(await readReadings(assetsDir, log));
}

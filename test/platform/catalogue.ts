import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ItemPack } from '../../electron/domain/item-pack.ts';
import { ItemPackSchema } from '../../electron/platform-api/item-pack-schema.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { Database, Queries } from './database.ts';
import { refusal, type Refusal } from './problem.ts';

/** Item packs and the version that they are published under at the least. */
export interface CatalogueSource {
  readonly version: number;
  readonly items: readonly ItemPack[];
}

const Index = z.object({ version: z.number().int().min(1), items: z.array(z.string()) });

/**
 * Reads a folder with item packs: those that its `catalogue.json` names, or every `*.json` in it when there is no such
 * file. Throws when one is not a pack: the platform is set up wrong.
 */
export async function readCatalogue(folder: string): Promise<CatalogueSource> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const index = names.includes('catalogue.json')
    ? Index.parse(await readJson(join(folder, 'catalogue.json')))
    : { version: 1, items: names };
  const items: ItemPack[] = [];
  for (const name of index.items) {
    const parsed = ItemPackSchema.safeParse(await readJson(join(folder, name)));
    if (!parsed.success) throw new Error(`${join(folder, name)} is not an item pack: ${parsed.error.message}`);
    items.push(parsed.data);
  }
  return { version: index.version, items };
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8')) as unknown;
}

/** Item packs that the platform publishes and takes cases of; earlier versions are taken until they are withdrawn. */
export class PublishedCatalogue {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Publishes packs. The catalogue's version grows whenever it changes.
   * @param least the version that it gets at the least
   */
  async publish(packs: readonly ItemPack[], least = 1): Promise<void> {
    await this.#database.transaction(async (queries): Promise<Result<void, never>> => {
      for (const pack of packs) {
        await queries.query(
          `INSERT INTO item_pack (item_id, version, pack) VALUES ($1, $2, $3)
           ON CONFLICT (item_id, version) DO UPDATE SET pack = excluded.pack`,
          [pack.id, pack.version, JSON.stringify(pack)],
        );
      }
      await this.#renumber(queries, least);
      return ok(undefined);
    });
  }

  /** Takes a version back: no case of it is accepted any more. */
  async withdraw(itemId: string, version: number): Promise<void> {
    await this.#database.transaction(async (queries): Promise<Result<void, never>> => {
      await queries.query('UPDATE item_pack SET withdrawn = true WHERE item_id = $1 AND version = $2', [
        itemId,
        version,
      ]);
      await this.#renumber(queries, 1);
      return ok(undefined);
    });
  }

  async #renumber(queries: Queries, least: number): Promise<void> {
    const packs = await inForce(queries);
    const sha256 = createHash('sha256').update(JSON.stringify(packs)).digest('hex');
    await queries.query(
      `INSERT INTO catalogue (version, sha256) VALUES ($1, $2)
       ON CONFLICT (one) DO UPDATE SET version = GREATEST(catalogue.version + 1, excluded.version), sha256 = excluded.sha256
       WHERE catalogue.sha256 <> excluded.sha256`,
      [least, sha256],
    );
  }

  /** The newest version of each item that is in force. */
  async current(): Promise<{ readonly version: number; readonly items: readonly ItemPack[] }> {
    return { version: await this.version(), items: await inForce(this.#database) };
  }

  async version(): Promise<number> {
    const [row] = await this.#database.query<{ version: number }>('SELECT version FROM catalogue');
    return row?.version ?? 0;
  }

  /** The pack that a case was made with. */
  async find(queries: Queries, itemId: string, version: number): Promise<Result<ItemPack, Refusal>> {
    const rows = await queries.query<{ version: number; pack: ItemPack; withdrawn: boolean }>(
      'SELECT version, pack, withdrawn FROM item_pack WHERE item_id = $1',
      [itemId],
    );
    if (rows.length === 0) return err(refusal('urn:hall24:item-unknown', `item ${itemId}`));
    const row = rows.find((candidate) => candidate.version === version && !candidate.withdrawn);
    if (row === undefined) {
      return err(refusal('urn:hall24:item-version-withdrawn', `item ${itemId} version ${version}`));
    }
    return ok(row.pack);
  }
}

async function inForce(queries: Queries): Promise<readonly ItemPack[]> {
  const rows = await queries.query<{ pack: ItemPack }>(
    `SELECT DISTINCT ON (item_id) pack FROM item_pack WHERE NOT withdrawn ORDER BY item_id, version DESC`,
  );
  return rows.map((row) => row.pack);
}

import type { ItemPack, ItemSummary } from '../domain/item-pack.ts';

/** The item packs that this kiosk offers now. A newer catalogue replaces the whole; a visit keeps the pack it began with. */
export class Catalogue {
  #version: number;
  /** Packs by `id@version`; older versions stay until the process ends, for visits under way. */
  readonly #known = new Map<string, ItemPack>();
  #current: readonly ItemPack[];

  constructor(version: number, items: readonly ItemPack[]) {
    this.#version = version;
    this.#current = items;
    this.#remember(items);
  }

  get version(): number {
    return this.#version;
  }

  /** Takes over a newer catalogue; an older or equal version is ignored. */
  replace(version: number, items: readonly ItemPack[]): boolean {
    if (version <= this.#version || items.length === 0) return false;
    this.#version = version;
    this.#current = items;
    this.#remember(items);
    return true;
  }

  summaries(): readonly ItemSummary[] {
    return this.#current.map((item) => ({
      id: item.id,
      version: item.version,
      name: item.name,
      summary: item.summary,
      department: item.department,
      applicant: item.applicant,
      keywords: item.keywords,
      lifeEvents: item.lifeEvents,
      decision: item.decision,
    }));
  }

  find(itemId: string): ItemPack | null {
    return this.#current.find((item) => item.id === itemId) ?? null;
  }

  findVersion(itemId: string, version: number): ItemPack | null {
    return this.#known.get(`${itemId}@${version}`) ?? null;
  }

  #remember(items: readonly ItemPack[]): void {
    for (const item of items) this.#known.set(`${item.id}@${item.version}`, item);
  }
}

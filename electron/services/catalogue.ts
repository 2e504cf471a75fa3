import type { ItemPack, ItemSummary } from '../domain/item-pack.ts';
import { Readings, SearchIndex, type Filter, type SearchHit } from '../domain/search/index.ts';
import type { Language, LocalText } from '../domain/text.ts';

/** What is asked of the catalogue. */
export interface CatalogueQuestion {
  /** What may be meant, the likeliest first; the first that finds something counts. */
  readonly tries: readonly string[];
  readonly language: Language;
  readonly filter: Filter;
  /** Which part of the hits is wanted. */
  readonly from: number;
  readonly limit: number;
}

export interface CatalogueAnswer {
  /** The try that counted. */
  readonly words: string;
  readonly total: number;
  readonly hits: readonly SearchHit[];
}

/** How the catalogue can be narrowed down: what occurs, and how often, in the catalogue's order. */
export interface CatalogueOutline {
  readonly total: number;
  readonly lifeEvents: readonly { readonly id: string; readonly count: number }[];
  readonly departments: readonly { readonly name: LocalText; readonly count: number }[];
}

/** The item packs that this kiosk offers now. A newer catalogue replaces the whole; a visit keeps the pack it began with. */
export class Catalogue {
  #version: number;
  /** Packs by `id@version`; older versions stay until the process ends, for visits under way. */
  readonly #known = new Map<string, ItemPack>();
  #current: readonly ItemPack[];

  readonly #readings: () => Readings;
  readonly #quiet: Promise<void> | null;
  #index: SearchIndex | null = null;

  /**
   * @param readings how characters sound, made when it is needed; without it items are found by their characters only
   * @param quiet when an index may be made ahead; at once unless told
   */
  constructor(
    version: number,
    items: readonly ItemPack[],
    readings: () => Readings = () => new Readings(''),
    quiet: Promise<void> | null = null,
  ) {
    this.#readings = readings;
    this.#quiet = quiet;
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
    this.#index = null;
    this.#remember(items);
    return true;
  }

  /** Makes the index ready, so that nobody waits for it. Takes about 30 ms for 1,000 items, once a catalogue. */
  prepare(): void {
    const make = (): void => this.#ready().rehearse();
    if (this.#quiet) void this.#quiet.then(make);
    else make();
  }

  #ready(): SearchIndex {
    this.#index ??= new SearchIndex(this.summaries(), this.#readings());
    return this.#index;
  }

  /** What fits, the best first; a few milliseconds. */
  search({ tries, language, filter, from, limit }: CatalogueQuestion): CatalogueAnswer {
    const index = this.#ready();
    let hits: readonly SearchHit[] = [];
    let words = '';
    for (const one of tries) {
      words = one;
      hits = index.search(one, language, filter);
      if (hits.length > 0) break;
    }
    return { words, total: hits.length, hits: hits.slice(from, from + limit) };
  }

  outline(): CatalogueOutline {
    const events = new Map<string, number>();
    const departments = new Map<string, { name: LocalText; count: number }>();
    for (const { lifeEvents, department } of this.#current) {
      for (const id of lifeEvents) events.set(id, (events.get(id) ?? 0) + 1);
      const known = departments.get(department['zh-CN']);
      departments.set(department['zh-CN'], { name: department, count: (known?.count ?? 0) + 1 });
    }
    return {
      total: this.#current.length,
      lifeEvents: [...events].map(([id, count]) => ({ id, count })),
      departments: [...departments.values()],
    };
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
      ...(item.attachments === undefined ? {} : { attachments: item.attachments }),
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

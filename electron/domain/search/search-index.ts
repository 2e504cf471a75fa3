import type { TextRange } from '../field-problem.ts';
import type { ApplicantKind, ItemSummary } from '../item-pack.ts';
import type { Language } from '../text.ts';
import { align, merged, type Line } from './alignment.ts';
import { fold, MOST_WISHES, oneSlip, partsOf, QueryReader, type Unit, type Wish } from './query.ts';
import type { Readings } from './readings.ts';

/** One found item with the characters of its name (in the screen's language) that match. */
export interface SearchHit {
  readonly item: ItemSummary;
  readonly matched: readonly TextRange[];
}

/** What narrows a list down besides words. */
export interface Filter {
  readonly applicant?: ApplicantKind;
  readonly lifeEvent?: string;
  /** Chinese name of the department. */
  readonly department?: string;
}

/** Takes a hit. What matched is worked out for those that are looked at: one letter may be found thousands of times. */
type Put = (index: number, score: number, matched: () => readonly TextRange[]) => void;
const NOWHERE = (): readonly TextRange[] => [];

function hit(item: ItemSummary, matched: () => readonly TextRange[]): SearchHit {
  return {
    item,
    get matched() {
      return matched();
    },
  };
}

interface Entry {
  readonly item: ItemSummary;
  readonly lines: readonly Line[];
  /** Summary and department in both languages. */
  readonly rest: string;
}

/** One of each way to look for something: initials, syllables, a slip, characters, a sentence. */
const REHEARSED = ['f', 'fa', 'jsz', 'fangwuzulin', 'fanwguzu', 'shangpin', '房屋租赁', '我想办社保卡怎么办'];

/** What a Latin word is worth by where it stands. */
const WORD = { name: 1.05, keyword: 0.8, rest: 0.3 } as const;
const NAME = 1;
const KEYWORD = 0.82;
/** Entries looked at closely for one way to read the query. */
const CLOSE = 64;
/** The same where every one of many letters is an initial: more entries have them all, and few in this order. */
const CLOSE_INITIALS = { from: 6, most: 512 } as const;
/** More entries than any catalogue has; with the bits of a float it stays exact. */
const MOST_ENTRIES = 1 << 20;
/** Hits that are this much worse than the best are no hits. */
const KEEP = 0.62;
/** A best hit below this may come from a slip of the finger. */
const DOUBTFUL = 1;
/** Share of what was typed that must be found. */
const ENOUGH = { han: 0.6, some: 0.42, letters: 0.92 } as const;
/** What a hit in summary or department only is worth. */
const REST = 0.2;

/**
 * Finds items by what people type: names and other words, in part, out of order, with a wrong character of the same
 * sound, as pinyin or initials with a slip, or as a sentence. An own index, because the same character has to be found by
 * itself, its sounds and its initial, and marked where it stands; libraries for text know words only.
 *
 * Built once for a catalogue; a search takes a few milliseconds over some thousand items.
 */
export class SearchIndex {
  readonly #entries: readonly Entry[];
  readonly #reader: QueryReader;
  /** Entries by character and by syllable, ascending. */
  readonly #byChar = new Map<string, number[]>();
  readonly #bySound: number[][];
  /** Entries that have a sound with this initial. */
  readonly #byInitial = new Map<string, readonly number[]>();
  /** Latin words of the whole catalogue with the entries that have them, and how much it counts there. */
  readonly #words = new Map<string, Map<number, number>>();
  readonly #own: Float32Array;

  constructor(items: readonly ItemSummary[], readings: Readings) {
    this.#reader = new QueryReader(readings);
    this.#bySound = readings.syllables.map(() => []);
    this.#entries = items.map((item) => entryOf(item, readings));
    for (const [index, { item, lines }] of this.#entries.entries()) {
      for (const char of new Set(lines.flatMap((line) => line.chars))) {
        const list = this.#byChar.get(char);
        if (list === undefined) this.#byChar.set(char, [index]);
        else list.push(index);
      }
      for (const sound of new Set(lines.flatMap((line) => line.sounds.flat()))) this.#bySound[sound]?.push(index);
      for (const [word, worth] of latinWords(item)) {
        const where = this.#words.get(word) ?? new Map<number, number>();
        this.#words.set(word, where.set(index, worth));
      }
    }
    const initials = new Set(readings.syllables.flatMap((one) => [one.slice(0, 1), one.slice(0, 2)]));
    for (const initial of initials) {
      if (initial.length === 2 && !/^[zcs]h$/.test(initial)) continue;
      const lists = this.#bySound.filter((_, sound) => readings.syllables[sound]?.startsWith(initial) === true);
      this.#byInitial.set(initial, [...new Set(lists.flat())]);
    }
    this.#own = new Float32Array(items.length);
  }

  /** How many items there are. */
  get size(): number {
    return this.#entries.length;
  }

  /**
   * Looks for a few things that nobody asked for: the tables that are made when they are first needed are there then, and the
   * first person's first keys do not take ten times as long as all others.
   */
  rehearse(): void {
    for (const query of REHEARSED) this.search(query, 'zh-CN');
  }

  /** Items that fit, the best first; equals and an empty query keep the catalogue's order, unmarked. */
  search(query: string, language: Language, filter: Filter = {}): readonly SearchHit[] {
    const parts = partsOf(query);
    if (parts.length === 0) {
      return this.#entries.flatMap(({ item }) => (passes(item, filter) ? [{ item, matched: [] }] : []));
    }
    const scores = new Map<number, { score: number; matched: () => readonly TextRange[] }>();
    let best = 0;
    const put: Put = (index, score, matched) => {
      const entry = this.#entries[index];
      if (entry === undefined || !passes(entry.item, filter)) return;
      if ((scores.get(index)?.score ?? 0) < score) scores.set(index, { score, matched });
      if (score > best) best = score;
    };
    this.#byWords(parts, language, put);
    for (const wish of this.#wishes(parts, false)) this.#bySounds(wish, language, parts, put);
    if (best < DOUBTFUL && parts.some((part) => /^[a-z']{4,}/.test(part))) {
      for (const wish of this.#wishes(parts, true)) this.#bySounds(wish, language, parts, put);
    }
    // Two letters that changed places between two syllables break both.
    const [only] = parts;
    if (scores.size === 0 && parts.length === 1 && only !== undefined && /^[a-z]{5,}$/.test(only)) {
      for (const wish of this.#reader.transposed(only)) this.#bySounds(wish, language, parts, put);
    }
    if (scores.size === 0) this.#byRest(parts, put);
    // Of a long sentence a part is enough when nothing has more of it.
    if (scores.size === 0)
      for (const wish of this.#wishes(parts, false)) this.#bySounds(wish, language, parts, put, true);
    const least = best * KEEP;
    return [...scores]
      .filter(([, { score }]) => score >= least)
      .toSorted((a, b) => b[1].score - a[1].score || a[0] - b[0])
      .flatMap(([index, { matched }]) => {
        const entry = this.#entries[index];
        return entry === undefined ? [] : [hit(entry.item, matched)];
      });
  }

  /** Ways to read all parts together; letters may be read in several. */
  #wishes(parts: readonly string[], slips: boolean): readonly Wish[] {
    let wishes: readonly Wish[] = [{ units: [], cost: 0 }];
    for (const part of parts) {
      const ways: readonly Wish[] = /^[a-z']/.test(part)
        ? this.#reader.letters(part, slips)
        : [{ units: this.#reader.han(part), cost: 0 }];
      wishes = wishes
        .flatMap((before) =>
          ways.map((way) => ({ units: [...before.units, ...way.units], cost: before.cost + way.cost })),
        )
        .toSorted((a, b) => a.cost - b.cost)
        .slice(0, slips ? MOST_WISHES.slips : MOST_WISHES.plain);
    }
    return wishes.filter((wish) => wish.units.length > 0);
  }

  /** Latin words and figures, of which every one must be there. */
  #byWords(parts: readonly string[], language: Language, put: Put): void {
    let sums = new Map<number, number>();
    for (const [place, part] of parts.entries()) {
      const typed = part.replaceAll("'", '');
      const here = new Map<number, number>();
      if (/^[a-z0-9]+$/.test(typed)) {
        for (const [word, where] of this.#words) {
          const fits = wordFit(word, typed);
          if (fits === 0) continue;
          for (const [index, worth] of where) here.set(index, Math.max(here.get(index) ?? 0, fits * worth));
        }
      }
      const both = new Map<number, number>();
      for (const [index, one] of here) {
        if (place === 0 || sums.has(index)) both.set(index, one + (sums.get(index) ?? 0));
      }
      sums = both;
      if (sums.size === 0) return;
    }
    for (const [index, sum] of sums) {
      const matched = (): readonly TextRange[] => {
        const name = fold(this.#entries[index]?.item.name[language] ?? '');
        const found = parts.flatMap((part): TextRange[] => {
          const at = name.indexOf(part);
          return at < 0 ? [] : [[at, at + part.length]];
        });
        return merged(found);
      };
      put(index, sum / parts.length, matched);
    }
  }

  /** What is said of an item besides its name: asked last. */
  #byRest(parts: readonly string[], put: Put): void {
    if (parts.some((part) => part.length < 2)) return;
    for (const [index, { rest }] of this.#entries.entries()) {
      if (parts.every((part) => rest.includes(part))) put(index, REST, NOWHERE);
    }
  }

  #bySounds(wish: Wish, language: Language, parts: readonly string[], put: Put, some = false): void {
    const { units } = wish;
    const total = units.reduce((sum, unit) => sum + unit.weight, 0);
    const letters = parts.every((part) => /^[a-z']/.test(part));
    const han = some ? ENOUGH.some : ENOUGH.han;
    // Summed over all lines of an entry, and slips count less: what passes is looked at closely.
    const enough = total * (letters ? ENOUGH.letters * 0.55 : han);
    const rough = new Float32Array(this.#entries.length);
    for (const unit of units) this.#mark(unit, rough);
    const least = letters ? { share: 0, covered: ENOUGH.letters } : { share: han, covered: 0 };
    const typed = parts.join('');
    const initials = units.length >= CLOSE_INITIALS.from && units.every(({ initial }) => initial !== null);
    const most = initials ? CLOSE_INITIALS.most : CLOSE;
    for (const index of closest(rough, enough, most)) {
      const entry = this.#entries[index];
      if (entry === undefined) continue;
      let best = 0;
      let ranges = NOWHERE;
      for (const line of entry.lines) {
        const found = align(units, line, least);
        if (found === null || (some && found.same < 2)) continue;
        const whole = line.chars.join('') === typed ? 0.3 : 0;
        const score = (found.score + whole) * line.weight - wish.cost * 0.02;
        if (score > best) {
          best = score;
          ranges = line.weight === NAME && language === 'zh-CN' ? () => found.ranges : NOWHERE;
        }
      }
      if (best > 0) put(index, best, ranges);
    }
  }

  /** Adds what a unit is worth to every entry that has it. */
  #mark(unit: Unit, rough: Float32Array): void {
    const { weight } = unit;
    if (unit.initial !== null) {
      for (const index of this.#byInitial.get(unit.initial) ?? []) rough[index] = (rough[index] ?? 0) + weight;
      return;
    }
    const own = this.#own;
    const touched: number[] = [];
    const add = (list: readonly number[] | undefined, worth: number): void => {
      for (const index of list ?? []) {
        const before = own[index] ?? 0;
        if (before === 0) touched.push(index);
        if (before < worth) own[index] = worth;
      }
    };
    if (unit.char !== null) add(this.#byChar.get(unit.char), weight);
    for (const [sound, quality] of unit.sounds) add(this.#bySound[sound], quality * weight);
    for (const index of touched) {
      rough[index] = (rough[index] ?? 0) + (own[index] ?? 0);
      own[index] = 0;
    }
  }
}

function passes(item: ItemSummary, { applicant, lifeEvent, department }: Filter): boolean {
  return (
    (applicant === undefined || item.applicant === applicant) &&
    (lifeEvent === undefined || item.lifeEvents.includes(lifeEvent)) &&
    (department === undefined || item.department['zh-CN'] === department)
  );
}

function lineOf(text: string, weight: number, readings: Readings): Line {
  const chars: string[] = [];
  const places: number[] = [];
  let at = 0;
  for (const char of fold(text)) {
    chars.push(char);
    places.push(at);
    at += char.length;
  }
  return { chars, sounds: chars.map((char) => readings.of(char)), places, weight };
}

function entryOf(item: ItemSummary, readings: Readings): Entry {
  return {
    item,
    lines: [
      lineOf(item.name['zh-CN'], NAME, readings),
      ...item.keywords.filter((word) => /\p{Script=Han}/u.test(word)).map((word) => lineOf(word, KEYWORD, readings)),
    ],
    rest: fold([item.summary['zh-CN'], item.department['zh-CN'], item.summary.en, item.department.en].join(' \n ')),
  };
}

/** Latin words and figures of an entry, with how much each counts. */
function latinWords(item: ItemSummary): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const add = (text: string, worth: number): void => {
    for (const word of fold(text).match(/[a-z0-9]+/g) ?? []) {
      if ((found.get(word) ?? 0) < worth) found.set(word, worth);
    }
  };
  add(item.name.en, WORD.name);
  add(item.name['zh-CN'], WORD.name);
  for (const keyword of item.keywords) add(keyword, WORD.keyword);
  add(item.department.en, WORD.rest);
  return found;
}

/** How well a word of the catalogue answers what was typed: the same, its beginning, inside, or one slip away. */
function wordFit(word: string, typed: string): number {
  if (word === typed) return 1.1;
  if (word.startsWith(typed)) return 1;
  if (typed.length > 2 && word.includes(typed)) return 0.7;
  return typed.length > 3 && Math.abs(word.length - typed.length) < 2 && oneSlip(word, typed) ? 0.5 : 0;
}

/** Those with at least `enough`, the most first, as many as are looked at closely. */
function closest(rough: Float32Array, enough: number, most: number): number[] {
  // Numbers alone are sorted ten times as quickly: positive floats stand in the order of their bits, equals in that of the entries.
  const bits = new Uint32Array(rough.buffer);
  const keys = new Float64Array(rough.length);
  let count = 0;
  for (let index = 0; index < rough.length; index += 1) {
    if ((rough[index] ?? 0) < enough) continue;
    keys[count] = (0xffff_ffff - (bits[index] ?? 0)) * MOST_ENTRIES + index;
    count += 1;
  }
  return Array.from(keys.subarray(0, count).sort().subarray(0, most), (key) => key % MOST_ENTRIES);
}

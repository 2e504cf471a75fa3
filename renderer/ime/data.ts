import { useEffect, useState } from 'react';
import { pinyinEngine, type PinyinEngine } from './engine.ts';
import { RareCharacters } from './rare.ts';
import { Recogniser } from './recogniser.ts';

/** What the keyboards know; each is fetched when a keyboard first needs it, and the same for everybody. */
interface Known {
  pinyin: PinyinEngine | null;
  strokes: Recogniser | null;
  rare: RareCharacters | null;
}

const known: Known = { pinyin: null, strokes: null, rare: null };
const asked = new Map<keyof Known, Promise<boolean>>();

const FILES: Readonly<Record<keyof Known, () => string>> = {
  pinyin: () => new URL('../../assets/dictionaries/pinyin.bin', import.meta.url).href,
  strokes: () => new URL('../../assets/dictionaries/strokes.bin', import.meta.url).href,
  rare: () => new URL('../../assets/dictionaries/rare.bin', import.meta.url).href,
};

/** Puts dictionaries in place without fetching them, e.g. in a test. */
export function setKnown(change: Partial<Known>): void {
  Object.assign(known, change);
}

/** What is there now. */
export function knownNow(): Readonly<Known> {
  return known;
}

async function fetchOne(name: keyof Known): Promise<boolean> {
  const answer = await fetch(FILES[name]());
  if (!answer.ok) return false;
  const bytes = await answer.arrayBuffer();
  if (name === 'pinyin') known.pinyin = pinyinEngine(bytes);
  if (name === 'strokes') known.strokes = Recogniser.read(bytes);
  if (name === 'rare') known.rare = new RareCharacters(new TextDecoder().decode(bytes));
  return known[name] !== null;
}

/** Whether it is there in the end; a failed try is made again by the next asker. */
export async function load(name: keyof Known): Promise<boolean> {
  if (known[name] !== null) return true;
  const running =
    asked.get(name) ??
    fetchOne(name)
      .catch(() => false)
      .then((good) => {
        if (!good) asked.delete(name);
        return good;
      });
  asked.set(name, running);
  return running;
}

/** Fetches what a keyboard needs; true once it is there, false until then, null when it cannot be had. */
export function useKnown(name: keyof Known | null): boolean | null {
  const [state, setState] = useState<{ readonly name: keyof Known | null; readonly there: boolean | null }>({
    name: null,
    there: false,
  });
  useEffect(() => {
    if (name === null) return undefined;
    let gone = false;
    void load(name).then((good) => {
      if (!gone) setState({ name, there: good ? true : null });
    });
    return () => {
      gone = true;
    };
  }, [name]);
  if (name === null || known[name] !== null) return true;
  return state.name === name ? state.there : false;
}

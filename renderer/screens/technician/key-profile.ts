/** Levels from 5, very satisfied, to 1, very dissatisfied, as the keys of a keypad are gone through. */
export const LEVELS = [5, 4, 3, 2, 1] as const;
export type Level = (typeof LEVELS)[number];

/** A profile as far as a screen changes it: the first rule's keys. Everything else stays as it was written. */
interface ProfileText {
  readonly name: string;
  readonly line: 'serial' | 'hid';
  readonly read: readonly (Readonly<Record<string, unknown>> & { readonly keys: Readonly<Record<string, number>> })[];
}

function read(text: string): ProfileText | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const profile = JSON.parse(text) as ProfileText;
    return Array.isArray(profile.read) && typeof profile.read[0]?.keys === 'object' ? profile : null;
  } catch {
    return null;
  }
}

/** What stands for a profile in a list: the name of a built-in one, or the name that is written in it. */
export function profileName(text: string): string {
  return read(text)?.name ?? text;
}

/** Keys by level; null for a built-in profile, whose keys cannot be changed. */
export function keysOf(text: string): Readonly<Record<Level, readonly string[]>> | null {
  const keys = read(text)?.read[0]?.keys;
  if (keys === undefined) return null;
  const of = (level: Level): readonly string[] => Object.keys(keys).filter((key) => keys[key] === level);
  return { 1: of(1), 2: of(2), 3: of(3), 4: of(4), 5: of(5) };
}

const bare = (key: string): string => key.replaceAll(/\s/g, '').toUpperCase();

/** A profile of one's own to begin with, in which no key is known yet. */
export function emptyProfile(line: 'serial' | 'hid', name: string): string {
  return JSON.stringify({ name, line, read: [{ kind: line === 'serial' ? 'bytes' : 'keyboard', keys: {} }] });
}

/**
 * The profile with this key for a level, in the place of those it had; a key means one level only.
 * @param key in hexadecimal; empty takes the level's keys away
 */
export function withKey(text: string, level: Level, key: string, name: string): string {
  const profile = read(text);
  const [rule, ...others] = profile?.read ?? [];
  if (profile === null || rule === undefined) return text;
  const kept = Object.entries(rule.keys).filter(([old, of]) => of !== level && bare(old) !== bare(key));
  const keys = Object.fromEntries(key === '' ? kept : [...kept, [key, level] as const]);
  return JSON.stringify({ ...profile, name, read: [{ ...rule, keys }, ...others] });
}

/** Hexadecimal digits in pairs, as they are typed: `3103` is `31 03`. */
export function hexPairs(text: string): string {
  const digits = text
    .replaceAll(/[^0-9a-f]/gi, '')
    .toUpperCase()
    .slice(0, 16);
  return digits.match(/.{1,2}/g)?.join(' ') ?? '';
}

import { knownNow } from './data.ts';
import { MAX_LETTERS, type Candidate } from './engine.ts';
import type { Stroke } from './recogniser.ts';

/**
 * Which keys are shown. `pinyin` 26 keys, `nine` 9 keys, `write` by hand, `rare` characters by parts or code; `latin`
 * letters, `email` with what addresses need; `digits` and signs; `code`: digits and the capitals of a credit code;
 * `number`: digits and all capitals; `device`: what a device's address is written with.
 */
export type KeyMode =
  | 'pinyin'
  | 'nine'
  | 'write'
  | 'rare'
  | 'latin'
  | 'email'
  | 'digits'
  | 'code'
  | 'number'
  | 'device';

/** Ways to write Chinese. */
export type ChineseMode = 'pinyin' | 'nine' | 'write' | 'rare';
const CHINESE: readonly KeyMode[] = ['pinyin', 'nine', 'write', 'rare'];
export const isChinese = (mode: KeyMode): mode is ChineseMode => CHINESE.includes(mode);

/** State of a keyboard in the page. */
export interface Typing {
  readonly mode: KeyMode;
  /** The letters mode that `digits` returns to. */
  readonly letters: ChineseMode | 'latin' | 'email';
  /** The Chinese mode that `latin` returns to. */
  readonly chinese: ChineseMode;
  readonly shift: boolean;
  /** Pinyin letters, 9-key digits or a character's parts not yet turned into characters. */
  readonly pending: string;
  /** Strokes written and not yet turned into a character. */
  readonly strokes: readonly Stroke[];
  /** First candidate shown. */
  readonly from: number;
}

export function startTyping(mode: KeyMode): Typing {
  const letters = mode === 'latin' || mode === 'email' || isChinese(mode) ? mode : 'pinyin';
  const chinese = isChinese(mode) ? mode : 'pinyin';
  return { mode, letters, chinese, shift: false, pending: '', strokes: [], from: 0 };
}

export type TypingAction =
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'space' }
  | { readonly type: 'backspace' }
  | { readonly type: 'pick'; readonly candidate: Candidate }
  /** The first keys of a 9-key board mean this syllable. */
  | { readonly type: 'spell'; readonly syllable: Candidate }
  | { readonly type: 'stroke'; readonly stroke: Stroke }
  | { readonly type: 'page'; readonly from: number }
  | { readonly type: 'mode'; readonly mode: KeyMode }
  | { readonly type: 'shift' }
  | { readonly type: 'drop' };

/** Outcome of one key: the new state, text that goes into the field, and whether the field loses its last character. */
export interface TypingStep {
  readonly typing: Typing;
  readonly insert: string;
  readonly erase: boolean;
}

const step = (typing: Typing, insert = '', erase = false): TypingStep => ({ typing, insert, erase });
const MOST_STROKES = 40;

/** What may be meant by what was typed or written, the likeliest first. */
export function candidatesOf({ mode, pending, strokes }: Typing): readonly Candidate[] {
  const { pinyin, rare, strokes: recogniser } = knownNow();
  if (mode === 'pinyin' || mode === 'nine') return pinyin?.meaning(pending).candidates ?? [];
  if (mode === 'rare') return rare?.find(pending).map((text) => ({ text, used: pending.length })) ?? [];
  if (mode === 'write') return recogniser?.recognise(strokes).map((text) => ({ text, used: 0 })) ?? [];
  return [];
}

function pick(typing: Typing, candidate: Candidate): TypingStep {
  const rest = { ...typing, pending: typing.pending.slice(candidate.used), strokes: [], from: 0 };
  return step(rest, candidate.text);
}

const COMPOSING: Readonly<Partial<Record<KeyMode, RegExp>>> = {
  pinyin: /^[a-z']$/,
  nine: /^[2-9']$/,
  rare: /^[a-z0-9]$/,
};

function press(typing: Typing, key: string): TypingStep {
  if (COMPOSING[typing.mode]?.test(key) === true) {
    if (key === "'" && (typing.pending === '' || typing.pending.endsWith("'"))) return step(typing);
    if (typing.pending.length >= MAX_LETTERS) return step(typing);
    return step({ ...typing, pending: typing.pending + key, from: 0 });
  }
  const capital = typing.shift && (typing.mode === 'latin' || typing.mode === 'device');
  return step({ ...typing, shift: false }, capital ? key.toUpperCase() : key);
}

/** One key of the keyboard in the page. */
export function type(typing: Typing, action: TypingAction): TypingStep {
  switch (action.type) {
    case 'key':
      return press(typing, action.key);
    case 'space': {
      const best = candidatesOf(typing)[0];
      if (best !== undefined) return pick(typing, best);
      return step({ ...typing, pending: '', strokes: [] }, ' ');
    }
    case 'backspace':
      if (typing.pending !== '') return step({ ...typing, pending: typing.pending.slice(0, -1), from: 0 });
      if (typing.strokes.length > 0) return step({ ...typing, strokes: typing.strokes.slice(0, -1), from: 0 });
      return step(typing, '', true);
    case 'pick':
      return pick(typing, action.candidate);
    case 'spell': {
      const { text, used } = action.syllable;
      const rest = typing.pending.slice(used);
      return step({ ...typing, pending: `${text}${rest === '' ? '' : `'${rest.replace(/^'/, '')}`}`, from: 0 });
    }
    case 'stroke':
      if (action.stroke.length === 0 || typing.strokes.length >= MOST_STROKES) return step(typing);
      return step({ ...typing, strokes: [...typing.strokes, action.stroke], from: 0 });
    case 'page':
      return step({ ...typing, from: action.from });
    case 'mode': {
      const { mode } = action;
      const letters = mode === 'latin' || mode === 'email' || isChinese(mode) ? mode : typing.letters;
      const chinese = isChinese(mode) ? mode : typing.chinese;
      return step({ ...typing, mode, letters, chinese, pending: '', strokes: [], from: 0, shift: false });
    }
    case 'shift':
      return step({ ...typing, shift: !typing.shift });
    case 'drop':
      return step({ ...typing, pending: '', strokes: [], from: 0 });
  }
}

/** What is shown underlined in the field. */
export function composingText(typing: Typing): string {
  if (typing.mode === 'pinyin' || typing.mode === 'nine') {
    return knownNow().pinyin?.meaning(typing.pending).shown ?? typing.pending;
  }
  return typing.pending;
}

/** The text without its last character (a whole one, also beyond the basic plane). */
export function withoutLast(text: string): string {
  return [...text].slice(0, -1).join('');
}

/** Candidates that fit beside each other into `width` px, from `from` on. */
export function candidatePage(
  candidates: readonly Candidate[],
  from: number,
  width: number,
  characterPx: number,
): readonly Candidate[] {
  const page: Candidate[] = [];
  let used = 0;
  for (const candidate of candidates.slice(from)) {
    const wide = Math.max(84, 52 + [...candidate.text].length * characterPx) + 4;
    if (used + wide > width && page.length > 0) break;
    used += wide;
    page.push(candidate);
  }
  return page;
}

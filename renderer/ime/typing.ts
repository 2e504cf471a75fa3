import { candidatesFor, MAX_LETTERS, shownPinyin, type Candidate } from './engine.ts';

/**
 * Which keys are shown. `code`: digits and the capitals of a credit code; `number`: digits and all capitals;
 * `device`: what a device's address is written with.
 */
export type KeyMode = 'pinyin' | 'latin' | 'digits' | 'code' | 'number' | 'device';

/** State of a keyboard in the page. */
export interface Typing {
  readonly mode: KeyMode;
  /** The letters mode that `digits` returns to. */
  readonly letters: 'pinyin' | 'latin';
  readonly shift: boolean;
  /** Pinyin letters not yet turned into characters. */
  readonly pending: string;
  /** First candidate shown. */
  readonly from: number;
}

export function startTyping(mode: KeyMode): Typing {
  return { mode, letters: mode === 'latin' ? 'latin' : 'pinyin', shift: false, pending: '', from: 0 };
}

export type TypingAction =
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'space' }
  | { readonly type: 'backspace' }
  | { readonly type: 'pick'; readonly candidate: Candidate }
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

function pick(typing: Typing, candidate: Candidate): TypingStep {
  return step({ ...typing, pending: typing.pending.slice(candidate.used), from: 0 }, candidate.text);
}

/** One key of the keyboard in the page. */
export function type(typing: Typing, action: TypingAction): TypingStep {
  switch (action.type) {
    case 'key': {
      if (typing.mode === 'pinyin' && /^[a-z']$/.test(action.key)) {
        if (action.key === "'" && (typing.pending === '' || typing.pending.endsWith("'"))) return step(typing);
        if (typing.pending.length >= MAX_LETTERS) return step(typing);
        return step({ ...typing, pending: typing.pending + action.key, from: 0 });
      }
      const key =
        typing.shift && (typing.mode === 'latin' || typing.mode === 'device') ? action.key.toUpperCase() : action.key;
      return step({ ...typing, shift: false }, key);
    }
    case 'space': {
      const best = candidatesFor(typing.pending)[0];
      if (best !== undefined) return pick(typing, best);
      return step({ ...typing, pending: '' }, ' ');
    }
    case 'backspace':
      if (typing.pending !== '') return step({ ...typing, pending: typing.pending.slice(0, -1), from: 0 });
      return step(typing, '', true);
    case 'pick':
      return pick(typing, action.candidate);
    case 'page':
      return step({ ...typing, from: action.from });
    case 'mode': {
      const letters = action.mode === 'pinyin' || action.mode === 'latin' ? action.mode : typing.letters;
      return step({ ...typing, mode: action.mode, letters, pending: '', from: 0, shift: false });
    }
    case 'shift':
      return step({ ...typing, shift: !typing.shift });
    case 'drop':
      return step({ ...typing, pending: '', from: 0 });
  }
}

/** What is shown underlined in the field. */
export function composingText(typing: Typing): string {
  return shownPinyin(typing.pending);
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

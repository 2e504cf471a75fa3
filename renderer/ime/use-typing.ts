import { useCallback, useEffect, useRef, useState } from 'react';
import { useModes } from '../flow/modes.ts';
import { knownNow, useKnown } from './data.ts';
import { composingText, startTyping, type, type KeyMode, type Typing, type TypingAction } from './typing.ts';

/** A keyboard's state tied to a text. */
export interface TypingHandle {
  readonly typing: Typing;
  readonly composing: string;
  /** Whether what the keyboard needs to know is there; null when it cannot be had. */
  readonly ready: boolean | null;
  readonly act: (action: TypingAction) => void;
}

const NEEDS = { pinyin: 'pinyin', nine: 'pinyin', write: 'strokes', rare: 'rare' } as const;

/**
 * Ties a keyboard to a field: `insert` gets finished text, `erase` takes the last character away. Chinese begins with
 * nine large keys in elder mode. Nothing typed outlives the screen.
 */
export function useTyping(mode: KeyMode, insert: (text: string) => void, erase: () => void): TypingHandle {
  const { elder } = useModes();
  const [typing, setTyping] = useState(() => startTyping(mode === 'pinyin' && elder ? 'nine' : mode));
  const newest = useRef(typing);
  const ready = useKnown(Object.hasOwn(NEEDS, typing.mode) ? NEEDS[typing.mode as keyof typeof NEEDS] : null);
  const act = useCallback(
    (action: TypingAction): void => {
      const next = type(newest.current, action);
      newest.current = next.typing;
      setTyping(next.typing);
      if (next.insert !== '') insert(next.insert);
      if (next.erase) erase();
    },
    [insert, erase],
  );
  useEffect(() => () => knownNow().pinyin?.forget(), []);
  return { typing, composing: composingText(typing), ready, act };
}

import { useCallback, useMemo, useRef, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../components/icon.tsx';
import { useLandscape, useModes } from '../flow/modes.ts';
import { candidatesFor } from './engine.ts';
import {
  candidatePage,
  composingText,
  startTyping,
  type,
  type KeyMode,
  type Typing,
  type TypingAction,
} from './typing.ts';

/** A keyboard's state tied to a text. */
export interface TypingHandle {
  readonly typing: Typing;
  readonly composing: string;
  readonly act: (action: TypingAction) => void;
}

/** Ties a keyboard to a field: `insert` gets finished text, `erase` takes the last character away. */
export function useTyping(mode: KeyMode, insert: (text: string) => void, erase: () => void): TypingHandle {
  const [typing, setTyping] = useState(() => startTyping(mode));
  const newest = useRef(typing);
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
  return { typing, composing: composingText(typing), act };
}

const LETTERS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const;
const DIGITS = ['1234567890', '-/#()·.,', '：；、“”@&'] as const;
/** Letters of a credit code: those without I, O, S, V and Z. */
const CODE = ['1234567890', 'QWERTYUP', 'ADFGHJKL', 'XCBNM'] as const;

/** A tracking or case number. */
const NUMBER = ['1234567890', 'QWERTYUIOP', 'ASDFGHJKL', 'ZXCVBNM'] as const;
/** A device's address. */
const DEVICE = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', ':/.-_?=&+'] as const;
const ROWS = { pinyin: LETTERS, latin: LETTERS, digits: DIGITS, code: CODE, number: NUMBER, device: DEVICE } as const;

interface KeyboardProps {
  readonly handle: TypingHandle;
  /** The key at the lower right: closes the keyboard. Absent where it cannot be closed. */
  readonly onClose?: () => void;
}

function Candidates({ handle }: KeyboardProps): ReactElement {
  const { t } = useTranslation('ui');
  const landscape = useLandscape();
  const { elder } = useModes();
  const { pending, from } = handle.typing;
  const all = useMemo(() => candidatesFor(pending), [pending]);
  const page = candidatePage(all, from, landscape ? 1100 : 890, elder ? 54 : 42);
  const next = from + page.length;
  return (
    <div className="cands" role="group" aria-label={t('ime.candidates')}>
      {page.map((candidate, index) => (
        <button
          key={candidate.text}
          type="button"
          className={index === 0 && from === 0 ? 'cand on' : 'cand'}
          onClick={() => handle.act({ type: 'pick', candidate })}
        >
          {candidate.text}
        </button>
      ))}
      {all.length > page.length ? (
        <button
          type="button"
          className="more"
          aria-label={t(next < all.length ? 'ime.more' : 'ime.first')}
          onClick={() => handle.act({ type: 'page', from: next < all.length ? next : 0 })}
        >
          <Icon name="chevron-down" className={next < all.length ? '' : 'flip'} />
        </button>
      ) : null}
    </div>
  );
}

/** Letters, pinyin, digits; the field and what it finds stay visible above. */
export function Keyboard({ handle, onClose }: KeyboardProps): ReactElement {
  const { t } = useTranslation('ui');
  const { mode, shift, letters } = handle.typing;
  const { act } = handle;
  const rows: readonly string[] = ROWS[mode];
  const fixed = mode === 'code' || mode === 'number' || mode === 'device';
  const shifts = mode === 'latin' || mode === 'device';
  const backspace = (
    <button
      type="button"
      className="key fn wide"
      aria-label={t('ime.backspace')}
      onClick={() => act({ type: 'backspace' })}
    >
      <Icon name="backspace" />
    </button>
  );
  const left = (): ReactElement | null => {
    if (mode === 'pinyin' || shifts) {
      return shifts ? (
        <button type="button" className="key fn wide" aria-pressed={shift} onClick={() => act({ type: 'shift' })}>
          {t('ime.shift')}
        </button>
      ) : (
        <button
          type="button"
          className="key fn wide"
          aria-label={t('ime.separateName')}
          onClick={() => act({ type: 'key', key: "'" })}
        >
          {t('ime.separate')}
        </button>
      );
    }
    return null;
  };
  return (
    <section className={`ime ime-${mode}`} aria-label={t('ime.label')} lang={mode === 'pinyin' ? 'zh-CN' : undefined}>
      {mode === 'pinyin' ? <Candidates handle={handle} /> : <div className="cands cands-none" />}
      {rows.map((row, index) => (
        <div key={row} className="krow">
          {index === rows.length - 1 ? left() : null}
          {Array.from(row, (key) => {
            const face = shift && shifts ? key.toUpperCase() : key;
            return (
              <button key={key} type="button" className="key" onClick={() => act({ type: 'key', key })}>
                {face}
              </button>
            );
          })}
          {index === rows.length - 1 ? backspace : null}
        </div>
      ))}
      {fixed ? null : (
        <div className="krow krow-last">
          <button
            type="button"
            className="key fn"
            onClick={() => act({ type: 'mode', mode: mode === 'digits' ? letters : 'digits' })}
          >
            {t(mode === 'digits' ? 'ime.toLetters' : 'ime.toDigits')}
          </button>
          <button
            type="button"
            className="key fn"
            aria-label={t(letters === 'pinyin' ? 'ime.toLatinName' : 'ime.toPinyinName')}
            onClick={() => act({ type: 'mode', mode: letters === 'pinyin' ? 'latin' : 'pinyin' })}
          >
            {t(letters === 'pinyin' ? 'ime.toLatin' : 'ime.toPinyin')}
          </button>
          <button type="button" className="key space" onClick={() => act({ type: 'space' })}>
            {t(mode === 'pinyin' ? 'ime.spaceFirst' : 'ime.space')}
          </button>
          {onClose === undefined ? null : (
            <button type="button" className="key go" onClick={onClose}>
              {t('ime.close')}
            </button>
          )}
        </div>
      )}
    </section>
  );
}

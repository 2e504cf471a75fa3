import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../components/icon.tsx';
import { useLandscape, useModes } from '../flow/modes.ts';
import { readyForChinese } from '../theme/more-fonts.ts';
import { knownNow } from './data.ts';
import { DIGIT_LETTERS } from './spelling.ts';
import { candidatePage, candidatesOf, isChinese, type KeyMode } from './typing.ts';
import type { TypingHandle } from './use-typing.ts';
import { WritePad } from './write-pad.tsx';
import './ime.css';

const LETTERS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const;
const DIGITS = ['1234567890', '-/#()·.,', '：；、“”@&'] as const;
/** Letters of a credit code: those without I, O, S, V and Z. */
const CODE = ['1234567890', 'QWERTYUP', 'ADFGHJKL', 'XCBNM'] as const;
/** A tracking or case number. */
const NUMBER = ['1234567890', 'QWERTYUIOP', 'ASDFGHJKL', 'ZXCVBNM'] as const;
/** A device's address. */
const DEVICE = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', ':/.-_?=&+'] as const;
/** What an address is made of: nothing in it needs another keyboard. */
const EMAIL = ['1234567890', 'qwertyuiop', 'asdfghjkl@', 'zxcvbnm._-'] as const;
const ROWS: Readonly<Record<Exclude<KeyMode, 'nine' | 'write'>, readonly string[]>> = {
  pinyin: LETTERS,
  rare: NUMBER.map((row) => row.toLowerCase()),
  latin: LETTERS,
  email: EMAIL,
  digits: DIGITS,
  code: CODE,
  number: NUMBER,
  device: DEVICE,
};
const EMAIL_PARTS = ['.com', '@qq.com', '@163.com'] as const;
/** The dot stands in names of several parts. */
const MARKS = ['，', '。', '·', '、'] as const;

interface KeyboardProps {
  readonly handle: TypingHandle;
  /** The key at the lower right: closes the keyboard. Absent where it cannot be closed. */
  readonly onClose?: () => void;
}

/** Room of the button for more candidates, with its gap and what rounding costs, in pixels. */
const MORE_PX = 134;

function Candidates({ handle }: KeyboardProps): ReactElement {
  const { t } = useTranslation('ui');
  const landscape = useLandscape();
  const { elder } = useModes();
  const { typing, ready } = handle;
  const { mode, pending, strokes, from } = typing;
  // oxlint-disable-next-line react/exhaustive-deps -- what is known changes with `ready`
  const all = useMemo(() => candidatesOf(typing), [mode, pending, strokes, ready]);
  const strip = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(landscape ? 1100 : 890);
  useLayoutEffect(() => {
    const element = strip.current;
    if (element === null) return undefined;
    const watch = new ResizeObserver(() => setRoom(element.clientWidth - MORE_PX));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const page = candidatePage(all, from, room, elder ? 54 : 42);
  const next = from + page.length;
  const note =
    ready === null
      ? t('ime:gone')
      : mode === 'rare' && pending === ''
        ? t('ime:rareHelp')
        : all.length === 0 && (pending !== '' || strokes.length > 0) && ready
          ? t('ime:nothing')
          : null;
  return (
    <div className="cands" ref={strip} role="group" aria-label={t('ime.candidates')}>
      {note === null ? null : (
        <p className="cand-note" role="status">
          {note}
        </p>
      )}
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

/** What a key does, which is the same as long as the keyboard stands. */
type Act = TypingHandle['act'];

function Backspace({ act, className = 'key fn wide' }: { act: Act; className?: string }): ReactElement {
  const { t } = useTranslation('ui');
  return (
    <button
      type="button"
      className={className}
      aria-label={t('ime.backspace')}
      onClick={() => act({ type: 'backspace' })}
    >
      <Icon name="backspace" />
    </button>
  );
}

function Split({ act }: { act: Act }): ReactElement {
  const { t } = useTranslation('ui');
  return (
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

/** Keys that fit above each other at the side of nine keys. */
function useSideKeys(): number {
  const landscape = useLandscape();
  const { elder } = useModes();
  return landscape || elder ? 3 : 4;
}

/** Nine large keys; at the left what the first keys spell, or marks while nothing is under way. */
function NineKeys({ handle }: KeyboardProps): ReactElement {
  const { act, typing } = handle;
  const most = useSideKeys();
  const syllables = knownNow().pinyin?.meaning(typing.pending).syllables.slice(0, most) ?? [];
  return (
    <div className="nine">
      <div className="nine-side">
        {syllables.length > 0
          ? syllables.map((syllable) => (
              <button
                key={syllable.text}
                type="button"
                className="key fn"
                onClick={() => act({ type: 'spell', syllable })}
              >
                {syllable.text}
              </button>
            ))
          : MARKS.slice(0, most).map((mark) => (
              <button key={mark} type="button" className="key fn" onClick={() => act({ type: 'key', key: mark })}>
                {mark}
              </button>
            ))}
      </div>
      <div className="nine-keys">
        <Split act={act} />
        {Object.entries(DIGIT_LETTERS).map(([digit, letters]) => (
          <button key={digit} type="button" className="key" onClick={() => act({ type: 'key', key: digit })}>
            <small>{digit}</small> {letters.toUpperCase()}
          </button>
        ))}
      </div>
      <div className="nine-side nine-right">
        <Backspace act={act} className="key fn" />
        <Clear handle={handle} />
      </div>
    </div>
  );
}

/** Takes back whatever is not yet in the field. */
function Clear({ handle }: KeyboardProps): ReactElement {
  const { t } = useTranslation('ime');
  return (
    <button type="button" className="key fn" onClick={() => handle.act({ type: 'drop' })}>
      {t(handle.typing.mode === 'write' ? 'again' : 'drop')}
    </button>
  );
}

function WriteKeys({ handle }: KeyboardProps): ReactElement {
  const { typing, act } = handle;
  const marks = MARKS.slice(0, useSideKeys() - 2);
  return (
    <div className="nine">
      <WritePad strokes={typing.strokes} onStroke={(stroke) => act({ type: 'stroke', stroke })} />
      <div className="nine-side nine-right">
        <Backspace act={act} className="key fn" />
        <Clear handle={handle} />
        {marks.map((mark) => (
          <button key={mark} type="button" className="key fn" onClick={() => act({ type: 'key', key: mark })}>
            {mark}
          </button>
        ))}
      </div>
    </div>
  );
}

/** No key changes while letters are typed. */
const LetterKeys = memo(function KeysOfLetters(props: {
  readonly act: Act;
  readonly mode: keyof typeof ROWS;
  readonly shift: boolean;
}): ReactElement {
  const { t } = useTranslation('ui');
  const { act, mode, shift } = props;
  const shifts = mode === 'latin' || mode === 'device';
  const rows = ROWS[mode];
  // Under the letters of an address stand its signs, as many as fit: what turns and takes back stays with the letters.
  const foot = mode === 'device' ? rows.length - 2 : rows.length - 1;
  return (
    <>
      {rows.map((row, index) => (
        <div key={row} className="krow">
          {index === foot && shifts ? (
            <button
              type="button"
              className="key fn wide"
              data-turn="shift"
              aria-pressed={shift}
              onClick={() => act({ type: 'shift' })}
            >
              {t('ime.shift')}
            </button>
          ) : null}
          {index === foot && mode === 'pinyin' ? <Split act={act} /> : null}
          {Array.from(row, (key) => (
            <button key={key} type="button" className="key" onClick={() => act({ type: 'key', key })}>
              {shift && shifts ? key.toUpperCase() : key}
            </button>
          ))}
          {index === foot && mode !== 'email' ? <Backspace act={act} /> : null}
        </div>
      ))}
    </>
  );
});

/** What most addresses end with, in place of the space, which none has. */
function EmailParts({ act }: { act: Act }): ReactElement {
  return (
    <>
      {EMAIL_PARTS.map((part) => (
        <button key={part} type="button" className="key part" onClick={() => act({ type: 'key', key: part })}>
          {part}
        </button>
      ))}
      <Backspace act={act} className="key fn back" />
    </>
  );
}

/** What each way of writing Chinese offers besides, in this order. */
const OTHER_WAYS = ['pinyin', 'nine', 'write', 'rare'] as const;

const LastRow = memo(function RowOfWays(
  props: Pick<TypingHandle['typing'], 'mode' | 'letters' | 'chinese'> & {
    readonly act: Act;
    readonly onClose: (() => void) | undefined;
  },
): ReactElement {
  const { t } = useTranslation('ui');
  const { act, mode, letters, chinese, onClose } = props;
  const latin = letters === 'latin' || letters === 'email';
  return (
    <div className="krow krow-last">
      {mode === 'email' ? null : (
        <button
          type="button"
          className="key fn"
          data-turn={mode === 'digits' ? 'letters' : 'digits'}
          onClick={() => act({ type: 'mode', mode: mode === 'digits' ? letters : 'digits' })}
        >
          {t(mode === 'digits' ? 'ime.toLetters' : 'ime.toDigits')}
        </button>
      )}
      <button
        type="button"
        className="key fn"
        aria-label={t(latin ? 'ime.toPinyinName' : 'ime.toLatinName')}
        onClick={() => act({ type: 'mode', mode: latin ? chinese : 'latin' })}
      >
        {t(latin ? 'ime.toPinyin' : 'ime.toLatin')}
      </button>
      {mode === 'latin' || mode === 'email' ? (
        <button
          type="button"
          className="key fn"
          aria-label={t(mode === 'email' ? 'ime:noEmailName' : 'ime:emailName')}
          onClick={() => act({ type: 'mode', mode: mode === 'email' ? 'latin' : 'email' })}
        >
          {t(mode === 'email' ? 'ime:noEmail' : 'ime:email')}
        </button>
      ) : null}
      {isChinese(mode)
        ? OTHER_WAYS.filter((way) => way !== mode).map((way) => (
            <button
              key={way}
              type="button"
              className="key fn"
              data-turn={way}
              aria-label={t(`ime:wayName.${way}`)}
              onClick={() => act({ type: 'mode', mode: way })}
            >
              {t(`ime:way.${way}`)}
            </button>
          ))
        : null}
      {mode === 'email' ? (
        <EmailParts act={act} />
      ) : (
        <button
          type="button"
          className="key space"
          aria-label={t(isChinese(mode) ? 'ime.spaceFirst' : 'ime.space')}
          onClick={() => act({ type: 'space' })}
        >
          {t(isChinese(mode) ? 'ime:spaceFirst' : 'ime.space')}
        </button>
      )}
      {onClose === undefined ? null : (
        <button type="button" className="key go" onClick={onClose}>
          {t('ime.close')}
        </button>
      )}
    </div>
  );
});

/** Pinyin on 26 or 9 keys, handwriting, rare characters, letters, digits; the field stays visible above. */
export function Keyboard({ handle, onClose }: KeyboardProps): ReactElement {
  const { t } = useTranslation('ui');
  const { act } = handle;
  const { mode, letters, chinese, shift } = handle.typing;
  const chineseNow = isChinese(mode);
  useEffect(() => {
    if (chineseNow) readyForChinese();
  }, [chineseNow]);
  const fixed = mode === 'code' || mode === 'number' || mode === 'device';
  return (
    <section className={`ime ime-${mode}`} aria-label={t('ime.label')} lang={chineseNow ? 'zh-CN' : undefined}>
      {chineseNow ? <Candidates handle={handle} /> : <div className="cands cands-none" />}
      {mode === 'nine' ? (
        <NineKeys handle={handle} />
      ) : mode === 'write' ? (
        <WriteKeys handle={handle} />
      ) : (
        <LetterKeys act={act} mode={mode} shift={shift} />
      )}
      {fixed ? null : <LastRow act={act} mode={mode} letters={letters} chinese={chinese} onClose={onClose} />}
    </section>
  );
}

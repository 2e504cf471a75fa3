import { Fragment, type ReactElement, type ReactNode } from 'react';

/** A phrase with the sign that ends it, and what closes after that sign; a bracket begins the next. */
const PHRASE = /.+?(?:[，。；：？！]+[”’）》]*|(?=（)|$)/gsu;
/**
 * Half widths (a Chinese character takes two) of a phrase that stands whole in one line of the narrowest wall; only longer
 * ones break, between two words.
 */
const WHOLE = 14;
/** The same of a title, which is larger. */
const WHOLE_IN_TITLE = 12;
/** The same on a button, which may be narrow. */
const WHOLE_ON_BUTTON = 8;
/** What does not begin a line: signs and figures, and little words that belong to the one before. */
const LEANS = /^(?:[^\p{Script=Han}]|[的了吗呢吧着过们区号卡机位页件元天楼岁次秒米证码]$)/u;
/** After these a word goes on: a figure and its unit are one, and a single character goes with the next. */
const GOES_ON = /[\d\s“（《]$|^\p{Script=Han}$/u;

/** A last word that is one character, with or without a sign. */
const LONELY = /^\p{Script=Han}[^\p{Script=Han}]*$/u;

/** Width of a text in half widths: a Chinese character or sign takes two. */
export function halfWidths(text: string): number {
  return [...text].reduce((sum, char) => sum + (char > '\u2e7f' ? 2 : 1), 0);
}

let segmenter: Intl.Segmenter | null = null;

/** The words of a Chinese phrase, a figure together with its unit. */
function wordsOf(phrase: string): readonly string[] {
  segmenter ??= new Intl.Segmenter('zh', { granularity: 'word' });
  const words: string[] = [];
  for (const { segment } of segmenter.segment(phrase)) {
    const last = words.at(-1);
    if (last !== undefined && (LEANS.test(segment) || GOES_ON.test(last))) words[words.length - 1] = last + segment;
    else words.push(segment);
  }
  // No line of a single character.
  const [before, end] = words.slice(-2);
  if (before !== undefined && end !== undefined && LONELY.test(end)) words.splice(-2, 2, before + end);
  return words;
}

/** A phrase that may break between two words and nowhere else. */
function Breakable({ phrase, whole = WHOLE }: { phrase: string; whole?: number }): ReactElement {
  if (halfWidths(phrase) <= whole) return <>{phrase}</>;
  return (
    <>
      {wordsOf(phrase).map((word, index) => (
        // A word has no other name than its place.
        // oxlint-disable-next-line react/no-array-index-key
        <Fragment key={index}>
          {index === 0 ? null : <wbr />}
          {/\s/u.test(word) ? <span className="nb">{word}</span> : word}
        </Fragment>
      ))}
    </>
  );
}

const isChinese = (text: ReactNode): text is string => typeof text === 'string' && /\p{Script=Han}/u.test(text);

/** Half widths from which on a title takes three lines beside a picture. */
const LONG_TITLE = 36;
const isLong = (text: ReactNode): boolean => typeof text === 'string' && halfWidths(text) > LONG_TITLE;

/** A title: a long one is a step smaller; a Chinese one breaks at its signs, and in phrases that are too long between two words. Other texts stay as they are. */
export function Title({ children }: { children: ReactNode }): ReactElement {
  if (!isChinese(children)) return isLong(children) ? <span className="long-title">{children}</span> : <>{children}</>;
  return (
    <>
      {(children.match(PHRASE) ?? []).map((phrase, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <Breakable key={index} phrase={phrase} whole={WHOLE_IN_TITLE} />
      ))}
    </>
  );
}

/**
 * A Chinese text whose phrases are kept whole where the line has room for them, so that no line ends amid a word and none
 * has a single character. Other languages, and what is not a text, stay as they are.
 */
export function Phrases({ children }: { children: ReactNode }): ReactElement {
  if (!isChinese(children)) return <>{children}</>;
  return (
    <>
      {(children.match(PHRASE) ?? []).map((phrase, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index} className="keep">
          <Breakable phrase={phrase} />
        </span>
      ))}
    </>
  );
}

/** The words on a button: where they need two lines, Chinese ones break between two words. */
export function ButtonWords({ children }: { children: ReactNode }): ReactElement {
  return isChinese(children) ? <Breakable phrase={children} whole={WHOLE_ON_BUTTON} /> : <>{children}</>;
}

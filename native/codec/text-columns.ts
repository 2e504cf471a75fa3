/**
 * Column arithmetic of a double-byte printer: printable ASCII takes one column, every other character two, whatever
 * Unicode calls its width, because the printer takes it from its 24 x 24 dot font. Latin letters with marks take one:
 * they are drawn, because such a printer would tear a name apart (`Zo ë`).
 */

const NARROW_LATIN = /^[\u00c0-\u024f\u1e00-\u1eff]$/;
const LATIN_LETTER = /^\p{Script=Latin}$/u;

/** Whether a character is a Latin letter beyond ASCII (`ë`, `ł`, `ế`): one column wide, and never the printer's own. */
export function isNarrowLatin(char: string): boolean {
  return NARROW_LATIN.test(char) && LATIN_LETTER.test(char);
}

/** Columns of one character. Line feeds have none. */
function characterColumns(char: string): 0 | 1 | 2 {
  if (char === '\n') return 0;
  return (char.length === 1 && char >= ' ' && char <= '~') || isNarrowLatin(char) ? 1 : 2;
}

/** Columns of a text without line feeds. */
export function textColumns(text: string): number {
  let sum = 0;
  for (const char of text) sum += characterColumns(char);
  return sum;
}

/** Text filled with spaces on the right up to `columns`; longer text is given back as it is. */
export function padEndColumns(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textColumns(text)));
}

/** Text filled with spaces on both sides to exactly `columns` where it is shorter; the odd space goes to the right. */
export function padBothColumns(text: string, columns: number): string {
  const free = Math.max(0, columns - textColumns(text));
  const left = Math.floor(free / 2);
  return ' '.repeat(left) + text + ' '.repeat(free - left);
}

/** Signs that may not begin a line (closing brackets, stops, units), after the rules of Chinese typesetting. */
const NOT_AT_START = new Set('，。、；：？！）】》〉」』〕〗｝”’…—～·％℃°,.;:?!)]}%');
/** Signs that may not end a line (opening brackets, currency signs). */
const NOT_AT_END = new Set('（【《〈「『〔〖｛“‘￥＄([{$#');

interface Piece {
  readonly text: string;
  readonly columns: number;
  /** A space stood before it; it is printed only inside a line. */
  readonly spaceBefore: boolean;
  /** May not be parted from the piece before it. */
  readonly glued: boolean;
}

const hasDigit = (text: string): boolean => /[0-9]/.test(text);
const isAsciiWord = (text: string): boolean => /^[!-~]+$/.test(text);
/** Spaces, words in Latin letters, or one wide character. */
const WORDS = / +|(?:[!-~]|(?![×÷])[\u00c0-\u024f\u1e00-\u1eff])+|[^ -~]/gu;

/** Runs of Latin letters and ASCII without spaces stay whole, every wide character stands alone. */
function splitPieces(paragraph: string): Piece[] {
  const pieces: Piece[] = [];
  let space = false;
  for (const match of paragraph.matchAll(WORDS)) {
    const text = match[0];
    if (text.startsWith(' ')) {
      space = true;
      continue;
    }
    const before = pieces.at(-1);
    let glued = false;
    if (before !== undefined) {
      const first = Array.from(text)[0] ?? '';
      const last = Array.from(before.text).at(-1) ?? '';
      if (space) {
        // Groups of one number ("CH03 0318 0042 7", a date and its time) belong together.
        glued = isAsciiWord(before.text) && isAsciiWord(text) && hasDigit(before.text) && hasDigit(text);
      } else {
        glued = NOT_AT_START.has(first) || NOT_AT_END.has(last);
      }
    }
    pieces.push({ text, columns: textColumns(text), spaceBefore: space && before !== undefined, glued });
    space = false;
  }
  return pieces;
}

/** Cuts a word that is wider than a line: after a separator where there is one, else where the line is full. */
function breakWord(text: string, columns: number): string[] {
  const parts: string[] = [];
  let rest = Array.from(text);
  while (textColumns(rest.join('')) > columns) {
    let end = 0;
    let used = 0;
    let good = 0;
    let fair = 0;
    for (const char of rest) {
      used += characterColumns(char);
      if (used > columns) break;
      end += 1;
      if (!'/-_?&=,.;'.includes(char)) continue;
      // Between the groups of a number only where there is no better place.
      if (/[0-9]/.test(rest[end] ?? '')) fair = end;
      else good = end;
    }
    const at = [good, fair, end].find((place) => place > 0) ?? 1;
    parts.push(rest.slice(0, at).join(''));
    rest = rest.slice(at);
  }
  if (rest.length > 0) parts.push(rest.join(''));
  return parts;
}

const joined = (pieces: readonly Piece[]): string =>
  pieces.map((piece, index) => (index > 0 && piece.spaceBefore ? ' ' : '') + piece.text).join('');

/** Groups pieces that may not be parted; a group too wide for a line is loosened again at its spaces, then anywhere. */
function groupPieces(pieces: readonly Piece[], columns: number): Piece[] {
  const groups: Piece[][] = [];
  for (const piece of pieces) {
    const group = groups.at(-1);
    if (piece.glued && group !== undefined && textColumns(joined([...group, piece])) <= columns) group.push(piece);
    else groups.push([piece]);
  }
  return groups.flatMap((group) => {
    const text = joined(group);
    const spaceBefore = group[0]?.spaceBefore ?? false;
    if (textColumns(text) <= columns) return [{ text, columns: textColumns(text), spaceBefore, glued: false }];
    return breakWord(text, columns).map((part, index) => ({
      text: part,
      columns: textColumns(part),
      spaceBefore: index === 0 && spaceBefore,
      glued: false,
    }));
  });
}

/**
 * Wraps a text to lines of at most `columns` (>= 2) columns. Words and numbers stay whole where a line can hold them,
 * also numbers written in groups; no closing sign begins a line and no opening sign ends one. Line feeds part
 * paragraphs; an empty paragraph is an empty line. Spaces at a line's ends are dropped, runs of spaces become one.
 */
export function wrapColumns(text: string, columns: number): string[] {
  const width = Math.max(2, Math.floor(columns));
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    let used = 0;
    for (const piece of groupPieces(splitPieces(paragraph), width)) {
      const gap = line !== '' && piece.spaceBefore ? 1 : 0;
      if (line !== '' && used + gap + piece.columns > width) {
        lines.push(line);
        line = '';
        used = 0;
      }
      const space = line !== '' && piece.spaceBefore ? ' ' : '';
      line += space + piece.text;
      used += space.length + piece.columns;
    }
    lines.push(line);
    return lines;
  });
}

/** A last line of so many columns looks forgotten: two Chinese characters and a stop. */
const FORGOTTEN_COLUMNS = 6;

/**
 * Wraps like `wrapColumns`, but at the ends of clauses where that costs no line, and leaves no one or two characters
 * alone on the last line.
 */
export function wrapText(text: string, columns: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const first = wrapColumns(paragraph, columns);
    const forgotten = (lines: readonly string[]): boolean =>
      lines.length > 1 && textColumns(lines.at(-1) ?? '') <= FORGOTTEN_COLUMNS;
    if (first.length === 1) return first;
    const clauses = wrapClauses(normalised(paragraph), columns);
    if (clauses !== null && clauses.length <= first.length) return clauses;
    if (!forgotten(first)) return first;
    for (let width = Math.floor(columns) - 1; width > columns * 0.7; width -= 1) {
      const narrower = wrapColumns(paragraph, width);
      if (narrower.length > first.length) break;
      if (!forgotten(narrower)) return narrower;
    }
    return first;
  });
}

/** Lines that end where a clause ends, as full as that allows; null when a clause does not fit a line. */
function wrapClauses(paragraph: string, columns: number): string[] | null {
  const lines: string[] = [];
  for (const clause of paragraph.match(/.+?(?:[，。；：！？]+|[,.;:!?](?= )|$)/gsu) ?? []) {
    const last = lines.at(-1);
    if (textColumns(clause.trim()) > columns) return null;
    if (last !== undefined && textColumns(last + clause) <= columns) lines[lines.length - 1] = last + clause;
    else lines.push(clause.trimStart());
  }
  return lines.map((line) => line.trim());
}

/**
 * Wraps like `wrapColumns` to as few lines, but at the ends of clauses where that costs no line, else to lines of about
 * the same length: for centred text, where one character alone on the last line looks like a mistake.
 */
export function wrapBalanced(text: string, columns: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    let best = wrapColumns(paragraph, columns);
    if (best.length === 1) return best;
    const clauses = wrapClauses(normalised(paragraph), columns);
    if (clauses !== null && clauses.length <= best.length && evenly(clauses)) return clauses;
    const widest = Math.max(...splitPieces(paragraph).map((piece) => piece.columns));
    for (let width = Math.floor(columns) - 1; width >= Math.max(2, widest); width -= 1) {
      const narrower = wrapColumns(paragraph, width);
      if (narrower.length > best.length) break;
      best = narrower;
    }
    return best;
  });
}

/** Whether the shortest line is not a mere word under or above the longest. */
function evenly(lines: readonly string[]): boolean {
  const columns = lines.map(textColumns);
  return Math.min(...columns) >= 0.4 * Math.max(...columns);
}

/** Without spaces at the ends, runs of spaces as one. */
function normalised(text: string): string {
  return text.trim().replaceAll(/ +/g, ' ');
}

/** From and to, both included. */
export type CodeRange = readonly [number, number];

/** One `@font-face` of a style sheet. */
export interface Face {
  /** Path of the woff2 file as the style sheet names it, without `./`. */
  readonly file: string;
  /** The `unicode-range` as it stands there. */
  readonly range: string;
  /** One, or all that it stands for. */
  readonly weights: readonly number[];
  readonly codes: readonly number[];
}

/** Code points that follow each other as ranges. */
export function rangesOf(codes: readonly number[]): CodeRange[] {
  const ranges: [number, number][] = [];
  for (const code of codes) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] + 1 === code) last[1] = code;
    else ranges.push([code, code]);
  }
  return ranges;
}

/** Ranges as CSS writes them. */
export function rangeText(ranges: readonly CodeRange[]): string {
  const hex = (code: number): string => code.toString(16);
  return ranges.map(([from, to]) => (from === to ? `U+${hex(from)}` : `U+${hex(from)}-${hex(to)}`)).join(',');
}

/** Every code point that a CSS `unicode-range` names. */
export function codesIn(range: string): number[] {
  return range.split(',').flatMap((part) => {
    const [from = '', to = from] = part.trim().replace(/^U\+/i, '').split('-');
    const first = Number.parseInt(from, 16);
    return Array.from({ length: Number.parseInt(to, 16) - first + 1 }, (_, index) => first + index);
  });
}

/** The faces of a style sheet that is written one property a line. */
export function facesOf(css: string): Face[] {
  return [...css.matchAll(/@font-face \{([^}]*)\}/g)].flatMap(([, body = '']) => {
    const file = /url\('?([^')]+\.woff2)'?\)/.exec(body)?.[1]?.replace(/^\.\//, '');
    const range = /unicode-range:\s*([^;]+);/.exec(body)?.[1];
    const weights = (/font-weight:\s*([\d ]+)/.exec(body)?.[1] ?? '400').trim().split(' ').map(Number);
    return file === undefined || range === undefined ? [] : [{ file, range, weights, codes: codesIn(range) }];
  });
}

/**
 * Characters that once had a place of their own making in GB 18030 and have a public one since its edition of 2022, by the
 * private-use code that older cards hold (GB 18030-2022, annex D).
 */
const PUBLIC_PLACE: Readonly<Record<string, string>> = {
  '\uE81E': '\u9FB4',
  '\uE826': '\u9FB5',
  '\uE82B': '\u9FB6',
  '\uE82C': '\u9FB7',
  '\uE832': '\u9FB8',
  '\uE843': '\u9FB9',
  '\uE854': '\u9FBA',
  '\uE864': '\u9FBB',
};

/** Stands for a character that no font has. */
export const NO_GLYPH = '〓';

/** A text as it can be shown and printed; what is filed keeps its characters exactly. */
export function shownText(text: string): string {
  return text.replaceAll(/\p{Co}/gu, (character) => PUBLIC_PLACE[character] ?? NO_GLYPH);
}

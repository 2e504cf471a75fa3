/** Tag of the pack that stands for a language with long words: English in a place that there is not. */
export const PSEUDO_TAG = 'en-XA';

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ACCENTED = Array.from('áƀçđéƒĝĥíĵķļḿñóƥɋŕšţúṽŵẋýžÁƁÇĐÉƑĜĤÍĴĶĻḾÑÓƤɊŔŠŢÚṼŴẊÝŽ');
/** So much longer than English other languages are. */
const LONGER = 0.4;

/** A text as an unknown, longer language would have it: accented, in brackets, blanks `{{x}}` and tags as they are. */
export function pseudoText(text: string): string {
  if (text === '') return text;
  const accented = text
    .split(/(\{\{[^}]+\}\}|<\/?\w+\s*\/?>)/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll(/[a-zA-Z]/g, (one) => ACCENTED[PLAIN.indexOf(one)] ?? one),
    )
    .join('');
  const words = Math.max(0, Math.ceil(text.length * LONGER) - 2);
  const filling = 'òñé ţŵó '.repeat(Math.ceil(words / 8)).slice(0, words);
  return `[${accented}${filling === '' ? '' : ` ${filling}`.slice(0, words + 1)}]`;
}

/** A whole tree of texts. */
export function pseudoTree(tree: unknown): unknown {
  if (typeof tree === 'string') return pseudoText(tree);
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, pseudoTree(value)]));
}

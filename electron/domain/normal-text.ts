/** Full-width letters, digits, punctuation and space to their half-width forms. */
export function toHalfWidth(text: string): string {
  return text
    .replaceAll(/[\uFF01-\uFF5E]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replaceAll('\u3000', ' ');
}

/** Only full-width letters, digits and space to half-width; Chinese punctuation stays as it was written. */
export function toHalfWidthWords(text: string): string {
  return text
    .replaceAll(/[\uFF10-\uFF19\uFF21-\uFF3A\uFF41-\uFF5A]/g, (char) =>
      String.fromCharCode(char.charCodeAt(0) - 0xfee0),
    )
    .replaceAll('\u3000', ' ');
}

/** A code as typed or scanned: half-width, upper-case, without spaces, hyphens and dots between the groups. */
export function compactCode(text: string): string {
  return toHalfWidth(text)
    .replaceAll(/[\s\-\u2010-\u2015.·]/g, '')
    .toUpperCase();
}

/** The characters (code points) of a text; a character beyond the basic plane counts once. */
export function charactersOf(text: string): readonly string[] {
  return Array.from(text);
}

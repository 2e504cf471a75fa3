/** Longest figure that is a count. */
const LONGEST_COUNT = 4;

/** An English text as the voice takes it: numbers of cases and telephones digit by digit, money and codes in words. */
export function readEnglish(text: string): string {
  return text
    .replaceAll(/[¥￥] ?([\d,.]+)/gu, '$1 yuan')
    .replaceAll(/(\d),(?=\d{3})/gu, '$1')
    .replaceAll(/\b([A-Z]{1,3})(?=\d)/gu, (letters) => `${Array.from(letters).join(' ')} `)
    .replaceAll(/\d+(?:[ \u00A0-]\d+)+/gu, (number) => Array.from(number.replaceAll(/\D/gu, '')).join(' '))
    .replaceAll(/\d+/gu, (number) =>
      number.length > LONGEST_COUNT || (number.length > 1 && number.startsWith('0'))
        ? Array.from(number).join(' ')
        : number,
    )
    .replaceAll(/\*+/gu, ' ')
    .replaceAll(/[<>&"]/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

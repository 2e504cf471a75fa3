const DIGITS = '零一二三四五六七八九';
const PLACES = ['', '十', '百', '千'] as const;
const GROUPS = ['', '万', '亿'] as const;

/** Digit by digit; `一` as 幺 where people say it so. */
export function digitByDigit(digits: string, asCode = true): string {
  return Array.from(digits, (digit) => (digit === '1' && asCode ? '幺' : (DIGITS[Number(digit)] ?? ''))).join('');
}

/** Four digits at most, without their group. */
function fourDigits(value: number): string {
  let words = '';
  let gap = false;
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(value / 10 ** place) % 10;
    if (digit === 0) {
      gap ||= words !== '';
      continue;
    }
    words += `${gap ? '零' : ''}${DIGITS[digit] ?? ''}${PLACES[place] ?? ''}`;
    gap = false;
  }
  return words;
}

/** A count in words, 0 to 999,999,999,999: 1,430 is 一千四百三十, 10,005 is 一万零五. */
export function inWords(value: number): string {
  if (value === 0) return '零';
  let words = '';
  let rest = value;
  for (let group = 0; rest > 0; group += 1) {
    const part = rest % 10_000;
    rest = Math.floor(rest / 10_000);
    if (part === 0) continue;
    const small = rest > 0 && part < 1000 ? '零' : '';
    words = `${small}${fourDigits(part)}${GROUPS[group] ?? ''}${words}`;
  }
  return words.replace(/^一十/u, '十');
}

/** Before these a 2 is 两. */
const COUNTED = '个位本张份次处家户件天年点遍步页样种条把台行列间岁周枚块笔套项页';

/** Longest figure that is a count; a longer one is a number of something and read digit by digit. */
const LONGEST_COUNT = 4;

/**
 * Figures of a Chinese text as words: telephone, card and case numbers digit by digit, counts and money as numbers,
 * dates and times as people say them. Everything else stays.
 */
export function numbersInWords(text: string): string {
  return (
    text
      // 20:36
      .replaceAll(/(\d{1,2}):(\d{2})(?!\d)/gu, (_, hour: string, minute: string) => {
        const spoken = minute === '00' ? '整' : `${minute.startsWith('0') ? '零' : ''}${inWords(Number(minute))}分`;
        return `${hour === '02' || hour === '2' ? '两' : inWords(Number(hour))}点${spoken}`;
      })
      // 2026-03-18
      .replaceAll(
        /(\d{4})-(\d{2})-(\d{2})/gu,
        (_, year: string, month: string, day: string) =>
          `${digitByDigit(year, false)}年${inWords(Number(month))}月${inWords(Number(day))}日`,
      )
      .replaceAll(/(\d{4}) ?年/gu, (_, year: string) => `${digitByDigit(year, false)}年`)
      // ¥2,600.50
      .replaceAll(/[¥￥] ?([\d,]+(?:\.\d+)?)/gu, '$1元')
      .replaceAll(/(\d),(?=\d{3})/gu, '$1')
      .replaceAll(
        /(\d+)\.(\d+)/gu,
        (_, whole: string, part: string) => `${inWords(Number(whole))}点${digitByDigit(part, false)}`,
      )
      .replaceAll(/(\d+) ?%/gu, (_, part: string) => `百分之${inWords(Number(part))}`)
      // A number in groups: CH03 0318 0042 7, 010-5550124
      .replaceAll(/(?<=[A-Za-z])\d+|\d+(?:[ \u00A0-]\d+)+|\d*\*+\d+/gu, (number) =>
        digitByDigit(number.replaceAll(/[^\d*]/gu, '').replaceAll(/\*+/gu, '')),
      )
      .replaceAll(
        /(\d+)([ \u00A0]?)(\p{Script=Han})?/gu,
        (_, number: string, space: string, after: string | undefined) => {
          const next = after ?? '';
          if ((number.length > LONGEST_COUNT && next !== '元') || (number.length > 1 && number.startsWith('0'))) {
            return `${digitByDigit(number)}${space}${next}`;
          }
          const words = number === '2' && next !== '' && COUNTED.includes(next) ? '两' : inWords(Number(number));
          return `${words}${next}`;
        },
      )
      .replaceAll(/(?<=\p{Script=Han})[ \u00A0]+(?=\p{Script=Han})/gu, '')
  );
}

import { charactersOf } from './normal-text.ts';

/*
 * Masks for screens and receipts. A mask is not a secret keeper for logs: nothing personal goes there at all.
 */

/** Compound surnames that stay whole; the common ones of the present day. */
const COMPOUND_SURNAMES = new Set(
  '欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 司空 夏侯 轩辕 端木 独孤 南宫 长孙 宇文 百里 呼延 申屠 钟离 澹台'.split(
    ' ',
  ),
);

const stars = (count: number): string => '*'.repeat(Math.max(0, count));

/**
 * A person's name: 周*, 林*夏, 欧阳**, 阿**·**曼; names in letters keep the initial of each word (`J*** S***`), so that
 * their length is not told either.
 */
export function maskName(name: string): string {
  const text = name.trim();
  if (text === '') return '';
  if (!/\p{Script=Han}/u.test(text)) {
    return text
      .split(/\s+/)
      .map((word) => `${charactersOf(word)[0] ?? ''}***`)
      .join(' ');
  }
  const chars = charactersOf(text);
  if (chars.length === 1) return '*';
  const dot = text.indexOf('·');
  if (dot > 0 && dot < text.length - 1) {
    const first = charactersOf(text.slice(0, dot));
    const last = charactersOf(text.slice(dot + 1));
    const end = last.length > 1 ? (last.at(-1) ?? '') : '';
    return `${first[0] ?? ''}${stars(first.length - 1)}·${stars(last.length - (end === '' ? 0 : 1))}${end}`;
  }
  const surname = chars.slice(0, 2).join('');
  if (chars.length > 2 && COMPOUND_SURNAMES.has(surname)) return surname + stars(chars.length - 2);
  if (chars.length === 2) return `${chars[0] ?? ''}*`;
  return `${chars[0] ?? ''}${stars(chars.length - 2)}${chars.at(-1) ?? ''}`;
}

/** Keeps `head` and `tail` characters; when too little would be hidden, hides everything but the last character. */
function maskMiddle(text: string, head: number, tail: number): string {
  const chars = charactersOf(text);
  if (chars.length < head + tail + 3) return stars(chars.length - 1) + chars.slice(-1).join('');
  return chars.slice(0, head).join('') + stars(chars.length - head - tail) + chars.slice(-tail).join('');
}

/** An ID number: 330***********0024. */
export function maskIdNumber(number: string): string {
  return maskMiddle(number.trim(), 3, 4);
}

/** A mobile number 138****0024; a landline keeps area code and the last two digits: 0571******88. */
export function maskPhone(number: string): string {
  const text = number.trim();
  if (/^0\d{9,11}$/.test(text)) return maskMiddle(text, /^0(10|2)/.test(text) ? 3 : 4, 2);
  return maskMiddle(text, 3, 4);
}

/** A credit code: 9199**********0T2. */
export function maskCreditCode(code: string): string {
  return maskMiddle(code.trim(), 4, 4);
}

/** An organisation's name: 山月****店. */
export function maskOrganisation(name: string): string {
  const chars = charactersOf(name.trim());
  if (chars.length < 4) return (chars[0] ?? '') + stars(chars.length - 1);
  return chars.slice(0, 2).join('') + stars(chars.length - 3) + (chars.at(-1) ?? '');
}

/** An address: keeps everything up to the district (or county, or the road when none is written), masks the rest. */
export function maskAddress(address: string): string {
  const text = address.trim();
  if (text === '') return '';
  const kept =
    /^.{1,20}?(?:[^小校社园厂]区|县|旗)(?=.)/u.exec(text)?.[0] ??
    /^.{1,12}?市(?=.)/u.exec(text)?.[0] ??
    /^.{1,12}?(?:路|街|道|巷|镇|乡)(?=.)/u.exec(text)?.[0];
  return `${kept ?? charactersOf(text).slice(0, 2).join('')}****`;
}

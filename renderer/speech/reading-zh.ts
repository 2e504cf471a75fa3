import { customPinyin, pinyin } from 'pinyin-pro';
import { numbersInWords } from './numbers.ts';

/** How single letters sound among Chinese, as the voice's own syllables. */
const LETTERS: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'A:ei1 B:bi4 C:xi1 D:di4 E:yi4 F:ai2_fu5 G:ji4 H:ei2_chi5 I:ai4 J:jie4 K:kai4 L:ai2_lou5 M:ai2_mu5 N:en1 O:ou1 P:pi1 ' +
    'Q:kiu1 R:a4_er5 S:ai2_si5 T:ti4 U:you1 V:wei1 W:da1_bu5_liu5 X:ai2_ke5_si5 Y:wai1 Z:zei4'
  )
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);

/** Words whose reading the dictionary misses or that halls read in their own way. */
customPinyin({
  幺: 'yāo',
  重办: 'chóng bàn',
  重读: 'chóng dú',
  重拍: 'chóng pāi',
  应缴: 'yīng jiǎo',
  参差: 'cēn cī',
  长者: 'zhǎng zhě',
  朝阳: 'cháo yáng',
  长江: 'cháng jiāng',
  长江路: 'cháng jiāng lù',
  还没: 'hái méi',
  还要: 'hái yào',
  放得: 'fàng de',
});

const PAUSES: Readonly<Record<string, string>> = {
  '，': ',',
  '、': ',',
  '；': ',',
  '：': ',',
  '。': '.',
  '？': '?',
  '！': '!',
  '…': ',',
  '（': ',',
  '）': ',',
};

/**
 * A Chinese text as pinyin with tone digits, as the voice takes it. Readings come from whole phrases, so that 银行 and
 * 行走, 重庆 and 重要 differ; the neutral tone is 5.
 */
export function readChinese(text: string): string {
  const words = numbersInWords(text.replaceAll(/[“”‘’"'《》【】]/gu, ''));
  const syllables = pinyin(words, { toneType: 'num', type: 'array', v: true, nonZh: 'spaced' });
  return syllables
    .map((syllable) => {
      if (/^[a-zêü]+\d$/u.test(syllable)) return syllable.replace('0', '5');
      const pause = PAUSES[syllable] ?? (/^[,.?!:;]$/u.test(syllable) ? ',' : undefined);
      if (pause !== undefined) return pause;
      return Array.from(syllable, (sign) => LETTERS[sign.toUpperCase()]?.replaceAll('_', ' ') ?? '').join(' ');
    })
    .filter((syllable) => syllable.trim() !== '')
    .join(' ')
    .replaceAll(/ ([,.?!])/gu, '$1');
}

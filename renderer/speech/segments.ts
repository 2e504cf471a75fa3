/** A stretch of text in one language. */
export interface Segment {
  readonly voice: 'zh' | 'en';
  readonly text: string;
}

const HAN = /\p{Script=Han}/u;
/** Words of two letters and more; single letters beside Chinese are read as letters. */
const ENGLISH_RUN = /[A-Za-z][a-z]+(?:[ '’-]+[A-Za-z][a-z]+)*/gu;

/** Parts of a text by the voice that must read them: Chinese with English words in it, or English with Chinese in it. */
export function segmentsOf(text: string, language: 'zh' | 'en'): readonly Segment[] {
  if (language === 'en') {
    return text
      .split(/((?:\p{Script=Han}|[\p{Script=Han}，。、：；？！“”（）· ])*\p{Script=Han}+)/u)
      .filter((part) => part.trim() !== '')
      .map((part) => ({ voice: HAN.test(part) ? 'zh' : 'en', text: part.trim() }));
  }
  const parts: Segment[] = [];
  let from = 0;
  for (const match of text.matchAll(ENGLISH_RUN)) {
    const before = text.slice(from, match.index).trim();
    if (before !== '') parts.push({ voice: 'zh', text: before });
    parts.push({ voice: 'en', text: match[0] });
    from = match.index + match[0].length;
  }
  const rest = text.slice(from).trim();
  if (rest !== '') parts.push({ voice: 'zh', text: rest });
  return parts.filter((part) => /[\p{L}\p{N}]/u.test(part.text));
}

/** Signs that part what is said, as they are written in English. */
const WESTERN_SIGNS: Readonly<Record<string, string>> = { '，': ', ', '、': ', ', '；': '; ', '：': ': ', '。': '. ' };

/**
 * What is said as it is written in the caption: the pauses are put in as Chinese signs, an English line has its own. What
 * begins with a capital after a pause is a sentence.
 */
export function captionOf(words: string, language: 'zh' | 'en'): string {
  if (language === 'zh') return words;
  return words
    .replaceAll(/\s*，\s*(?=[A-Z][a-z])/gu, '. ')
    .replaceAll(/\s*([，、；：。])\s*/gu, (_, sign: string) => WESTERN_SIGNS[sign] ?? sign)
    .trim();
}

import { knownNow } from '../../ime/data.ts';
import type { KeyMode } from '../../ime/typing.ts';

/**
 * What may be meant while something is still being composed: the letters as pinyin or initials, then what they most
 * likely mean, then only what is finished. Digits of nine keys are their likeliest meaning.
 */
export function triesFor(query: string, mode: KeyMode, pending: string): readonly string[] {
  const finished = query.trim().slice(0, 40);
  if (pending === '' || (mode !== 'pinyin' && mode !== 'nine')) return [finished];
  const meant = knownNow().pinyin?.meaning(pending).candidates[0]?.text ?? '';
  const letters = mode === 'pinyin' ? pending.replaceAll("'", '') : '';
  const tries = [letters === '' ? '' : `${finished} ${letters}`.trim(), `${finished}${meant}`, finished];
  return [...new Set(tries.filter((one, index) => one !== '' || index === 2))].map((one) => one.slice(0, 80));
}

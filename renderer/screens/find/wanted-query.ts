import type { ItemSummary } from '../../../electron/domain/item-pack.ts';
import { searchItems } from '../../../electron/domain/search.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { knownNow } from '../../ime/data.ts';

/**
 * What is searched for while pinyin is still being composed: the letters as initials, else what they most likely mean,
 * else only what is finished. The first that finds something.
 */
export function wantedQuery(items: readonly ItemSummary[], query: string, pending: string, language: Language): string {
  const finished = query.trim();
  const letters = pending.replaceAll("'", '');
  if (letters === '') return finished;
  const meant = knownNow().pinyin?.meaning(pending).candidates[0]?.text ?? '';
  const tries = [`${finished} ${letters}`.trim(), `${finished}${meant}`, `${finished} ${meant}`.trim()];
  return tries.find((one) => searchItems(items, one, language).length > 0) ?? (finished === '' ? letters : finished);
}

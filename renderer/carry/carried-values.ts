import type { FormValues } from '../../electron/domain/case.ts';
import { fieldsOf, type ItemPack } from '../../electron/domain/item-pack.ts';

/**
 * What may be carried, and what is taken of it when it comes back: what was typed. What stands on the card is left out, as it can be laid again; consent and signature
 * are given when the case is filed. Answers that have no question in this pack are dropped.
 */
export function carriedValues(pack: Pick<ItemPack, 'form'>, values: FormValues): FormValues {
  const kept: Record<string, string> = {};
  for (const field of fieldsOf(pack)) {
    const value = values[field.id] ?? '';
    const leftOut = field.fromCard !== undefined || field.kind === 'consent' || field.kind === 'signature';
    if (!leftOut && value !== '') kept[field.id] = value;
  }
  return kept;
}

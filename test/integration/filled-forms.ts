import type { CardDto } from '../../electron/contract/dto.ts';
import type { FormValues } from '../../electron/domain/case.ts';
import { prefillFromCard } from '../../electron/domain/form.ts';
import { ItemPackSchema } from '../../electron/platform-api/item-pack-schema.ts';
import { SAMPLE_FORMS } from '../fixtures/forms.ts';

/** Form of an item as a screen would send it: what the card gives and the sample answers. */
export function fixtureValues(item: unknown, card: CardDto): FormValues {
  const pack = ItemPackSchema.parse(item);
  const sample = SAMPLE_FORMS[pack.id];
  if (!sample) throw new Error(`no sample form for ${pack.id}`);
  return { ...prefillFromCard(pack, card), ...sample.answers };
}

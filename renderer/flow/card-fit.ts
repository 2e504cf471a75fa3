import type { CardDto } from '../../electron/contract/dto.ts';
import type { FormValues } from '../../electron/domain/case.ts';
import type { FieldProblem } from '../../electron/domain/field-problem.ts';
import { checkField } from '../../electron/domain/field-rules.ts';
import { prefillFromCard } from '../../electron/domain/form.ts';
import { fieldsOf, type FormField, type ItemPack } from '../../electron/domain/item-pack.ts';

/** Why this card's holder cannot apply here, e.g. is too young for the item. */
export interface CardFault {
  readonly field: FormField;
  readonly problem: FieldProblem;
}

/** What a card gives to a form, and the first of it that the item does not allow. */
export function fitCard(
  item: ItemPack,
  card: CardDto,
  todayISO: string,
): { readonly values: FormValues; readonly fault: CardFault | null } {
  const values = prefillFromCard(item, card);
  for (const field of fieldsOf(item)) {
    const value = values[field.id] ?? '';
    if (field.fromCard === undefined || value === '') continue;
    const problem = checkField(field, value, { todayISO, values, complete: true });
    if (problem !== null) return { values, fault: { field, problem } };
  }
  return { values, fault: null };
}

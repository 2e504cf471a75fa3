import type { FlowState } from '../flow/types.ts';
import { carriedValues } from './carried-values.ts';
import type { CarriedForm } from './sealed-form.ts';

/** The form that this visit has begun and not filed, or null when there is nothing to carry away. */
export function unfinishedForm({
  item,
  result,
  values,
}: Pick<FlowState, 'item' | 'result' | 'values'>): CarriedForm | null {
  if (item === null || result !== null) return null;
  const typed = carriedValues(item, values);
  return Object.keys(typed).length === 0 ? null : { itemId: item.id, itemVersion: item.version, values: typed };
}

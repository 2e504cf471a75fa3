import type { IdCard } from '../../native/model/id-card-reader.ts';
import type { FormValues } from './case.ts';
import type { FieldProblem } from './field-problem.ts';
import { checkField } from './field-rules.ts';
import { fieldsOf, type CardSource, type FormField, type ItemPack } from './item-pack.ts';
import { maskAddress, maskCreditCode, maskIdNumber, maskName, maskPhone } from './masking.ts';
import { formatYuan, parseYuan } from './money.ts';
import { normaliseField } from './normalise.ts';
import { SIGNED_BY_CARD } from './signature.ts';
import type { Language } from './text.ts';

/** Only what a form needs of a pack. */
type PackWithForm = Pick<ItemPack, 'form'>;

/** What a form takes from a card. */
export type CardText = Pick<IdCard, 'name' | 'sex' | 'nation' | 'birthDate' | 'address' | 'number'>;

/** First mistake of each field, by field id. Empty when the form is right. */
export type FieldProblemsById = Readonly<Record<string, FieldProblem>>;

/** Fields that apply to these answers, in order. A field whose controlling field does not apply does not apply either. */
export function visibleFields(pack: PackWithForm, values: FormValues): readonly FormField[] {
  const seen = new Set<string>();
  return fieldsOf(pack).filter((field) => {
    const rule = field.onlyWhen;
    const applies = rule === undefined || (seen.has(rule.field) && rule.isOneOf.includes(values[rule.field] ?? ''));
    if (applies) seen.add(field.id);
    return applies;
  });
}

/** Required fields that apply and have no answer yet, in order. */
export function missingFields(pack: PackWithForm, values: FormValues): readonly FormField[] {
  return visibleFields(pack, values).filter((field) => field.required && (values[field.id] ?? '').trim() === '');
}

/**
 * Checks a finished form: every field that applies, with all limits.
 * @param todayISO today as YYYY-MM-DD
 */
export function checkForm(pack: PackWithForm, values: FormValues, todayISO: string): FieldProblemsById {
  const problems: Record<string, FieldProblem> = {};
  for (const field of visibleFields(pack, values)) {
    const found = checkField(field, values[field.id] ?? '', { todayISO, values, complete: true });
    if (found !== null) problems[field.id] = found;
  }
  return problems;
}

/** Answers that a card gives to the fields that ask for them. Parts that the card does not have are left out. */
export function prefillFromCard(pack: PackWithForm, card: CardText): FormValues {
  const values: Record<string, string> = {};
  for (const field of fieldsOf(pack)) {
    if (field.fromCard === undefined) continue;
    const value = normaliseField(field, cardValue(card, field.fromCard));
    if (value === '' || (field.kind === 'choice' && field.choices?.some((choice) => choice.value === value) !== true)) {
      continue;
    }
    values[field.id] = value;
  }
  return values;
}

function cardValue(card: CardText, source: CardSource): string {
  if (source === 'sex') return card.sex === 'male' || card.sex === 'female' ? card.sex : '';
  return card[source];
}

/**
 * Fields that are asked one a screen, in order: those that apply and do not come from the card.
 * @param prefilled what `prefillFromCard` gave; when passed, a field that the card could not fill is asked as well.
 */
export function questionsToAsk(pack: PackWithForm, values: FormValues, prefilled?: FormValues): readonly FormField[] {
  return visibleFields(pack, values).filter((field) => {
    if (field.fromCard === undefined) return true;
    return prefilled !== undefined && (prefilled[field.id] ?? '') === '';
  });
}

/**
 * How many questions a form may come to: choices that others depend on and that are still open count as the one that
 * leads to most. So the number that a person is told never grows while he answers.
 */
export function mostQuestions(pack: PackWithForm, values: FormValues, prefilled?: FormValues): number {
  const controlling = new Set(fieldsOf(pack).flatMap((field) => field.onlyWhen?.field ?? []));
  const open = visibleFields(pack, values).find(
    (field) => controlling.has(field.id) && (values[field.id] ?? '') === '',
  );
  if (open === undefined) return questionsToAsk(pack, values, prefilled).length;
  const counts = (open.choices ?? []).map(({ value }) =>
    mostQuestions(pack, { ...values, [open.id]: value }, prefilled),
  );
  return Math.max(questionsToAsk(pack, values, prefilled).length, ...counts);
}

/** Answers as they are submitted: only fields that apply, in their stored form, without empty ones. */
export function valuesToSubmit(pack: PackWithForm, values: FormValues): FormValues {
  const kept: Record<string, string> = {};
  for (const field of visibleFields(pack, values)) {
    const value = normaliseField(field, values[field.id] ?? '');
    if (value !== '') kept[field.id] = value;
  }
  return kept;
}

/** An answer for people: the choice's label, money with its unit, consent as a word; everything else as it is. */
export function formatFieldValue(field: FormField, value: string, language: Language): string {
  if (field.kind === 'choice') {
    return field.choices?.find((choice) => choice.value === value)?.label[language] ?? value;
  }
  if (field.kind === 'money') {
    const fen = parseYuan(value);
    return fen.ok ? formatYuan(fen.value, language) : value;
  }
  if (field.kind === 'consent') {
    if (value !== 'yes') return '';
    return language === 'zh-CN' ? '已同意' : 'Agreed';
  }
  if (field.kind === 'signature') {
    if (value === '') return '';
    if (value === SIGNED_BY_CARD) return language === 'zh-CN' ? '以身份证代替签名' : 'ID card instead';
    return language === 'zh-CN' ? '已签名' : 'Signed';
  }
  return value;
}

const MASKS: Readonly<Partial<Record<FormField['kind'], (value: string) => string>>> = {
  'person-name': maskName,
  'id-number': maskIdNumber,
  phone: maskPhone,
  'credit-code': maskCreditCode,
  address: maskAddress,
};

/** An answer for the review page and the receipt: as `formatFieldValue`, personal parts masked. */
export function maskedValue(field: FormField, value: string, language: Language = 'zh-CN'): string {
  return MASKS[field.kind]?.(value) ?? formatFieldValue(field, value, language);
}

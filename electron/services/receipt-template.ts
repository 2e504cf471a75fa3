import type { Language } from '../domain/text.ts';
import type { ReceiptDocument, ReceiptLine } from '../../native/model/receipt-document.ts';
import type { Translate } from './kiosk.ts';

/**
 * A receipt declared as data: which lines there are, in which words (keys of `assets/locales/*\/receipt.json`), and
 * which field stands where. What becomes of a case is decided where the fields are made; here nothing is.
 */
export interface ReceiptTemplate {
  readonly lines: readonly TemplateLine[];
}

/**
 * Text of a line: a locale key, with all fields as its parameters and `{field}` inside the key exchanged for a field;
 * or a field as it stands.
 */
export type TemplateText = { readonly t: string } | { readonly field: string };

/** Lines as in `ReceiptDocument`. `when` names a field that must be there and true; `each` a list, one line an entry. */
export type TemplateLine = { readonly when?: string; readonly each?: string } & (
  | {
      readonly kind: 'text';
      readonly text: TemplateText;
      readonly align?: 'center';
      readonly bold?: true;
      readonly size?: 'double-height' | 'double';
    }
  | { readonly kind: 'rule' }
  | { readonly kind: 'state'; readonly title: TemplateText; readonly detail: TemplateText }
  | { readonly kind: 'pair'; readonly key: TemplateText; readonly value: TemplateText }
  /** `done` names a field. */
  | { readonly kind: 'step'; readonly done: string; readonly text: TemplateText; readonly note?: TemplateText }
  | { readonly kind: 'number'; readonly text: TemplateText }
  | { readonly kind: 'qr'; readonly data: TemplateText }
  | { readonly kind: 'barcode'; readonly data: TemplateText }
);

/** A value of a field: text, number, a yes or no, another locale key, or a list of fields for `each`. */
export type FieldValue = string | number | boolean | { readonly t: string } | readonly Fields[];
export interface Fields {
  readonly [name: string]: FieldValue;
}

type Params = Readonly<Record<string, string | number>>;

function paramsOf(fields: Fields): Params {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string | number] =>
      ['string', 'number'].includes(typeof entry[1]),
    ),
  );
}

function textOf(text: TemplateText, fields: Fields, say: (key: string, params: Params) => string): string {
  const value = 'field' in text ? fields[text.field] : text;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || !('t' in value)) return '';
  const params = paramsOf(fields);
  const key = value.t.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''));
  return key === '' ? '' : say(key, params);
}

function fillLine(line: TemplateLine, text: (from: TemplateText) => string, fields: Fields): ReceiptLine {
  switch (line.kind) {
    case 'text': {
      const { align, bold, size } = line;
      return {
        kind: 'text',
        text: text(line.text),
        ...(align ? { align } : {}),
        ...(size ? { size } : {}),
        ...(bold ? { bold } : {}),
      };
    }
    case 'rule':
      return { kind: 'rule' };
    case 'state':
      return { kind: 'state', title: text(line.title), detail: text(line.detail) };
    case 'pair':
      return { kind: 'pair', key: text(line.key), value: text(line.value) };
    case 'step': {
      const note = line.note ? text(line.note) : '';
      return { kind: 'step', done: fields[line.done] === true, text: text(line.text), note };
    }
    case 'number':
      return { kind: 'number', text: text(line.text) };
    case 'qr':
    case 'barcode':
      return { kind: line.kind, data: text(line.data) };
  }
}

/** The receipt of a template in one language. */
export function fillTemplate(
  template: ReceiptTemplate,
  fields: Fields,
  language: Language,
  translate: Translate,
): ReceiptDocument {
  const lines = template.lines.flatMap((line): ReceiptLine[] => {
    if (line.when !== undefined && (fields[line.when] ?? false) === false) return [];
    const list = line.each === undefined ? null : fields[line.each];
    const rows = Array.isArray(list) ? (list as readonly Fields[]) : [{}];
    return rows.map((row) => {
      const all = { ...fields, ...row };
      return fillLine(line, (from) => textOf(from, all, (key, params) => translate(language, key, params)), all);
    });
  });
  return { language, lines };
}

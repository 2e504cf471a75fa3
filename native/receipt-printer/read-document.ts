import type { ReceiptDocument } from '../model/receipt-document.ts';
import type { Result } from '../model/result.ts';
import { err, ok } from '../model/result.ts';

type Kind = ReceiptDocument['lines'][number]['kind'];
type Check = 'text' | 'number' | 'yes-no';

/** Members of each kind of line; those with `?` may be left out. */
const MEMBERS: Readonly<Record<Kind, Readonly<Record<string, Check>>>> = {
  text: { text: 'text', 'align?': 'text', 'bold?': 'yes-no', 'size?': 'text' },
  rule: {},
  state: { title: 'text', detail: 'text' },
  pair: { key: 'text', value: 'text' },
  step: { done: 'yes-no', text: 'text', note: 'text' },
  number: { text: 'text' },
  qr: { data: 'text' },
  barcode: { data: 'text' },
  picture: { width: 'number', height: 'number', bits: 'text' },
  feed: { lines: 'number' },
};
const VALUES: Readonly<Record<string, readonly string[]>> = {
  align: ['left', 'center', 'right'],
  size: ['normal', 'double-height', 'double'],
};
const TYPES: Readonly<Record<Check, string>> = { text: 'string', number: 'number', 'yes-no': 'boolean' };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is wrong with one line, or null. */
function faultOf(line: unknown): string | null {
  if (!isRecord(line)) return 'is no object';
  const kind = Object.keys(MEMBERS).find((known): known is Kind => known === line['kind']);
  if (kind === undefined) return `has no kind out of ${Object.keys(MEMBERS).join(', ')}`;
  const members = Object.entries(MEMBERS[kind]);
  for (const [member, check] of members) {
    const name = member.replace('?', '');
    const value = line[name];
    if (value === undefined && name !== member) continue;
    if (typeof value !== TYPES[check]) return `(${kind}) needs ${name}: ${check}`;
    const values = VALUES[name];
    if (values !== undefined && typeof value === 'string' && !values.includes(value)) {
      return `(${kind}): ${name} is one of ${values.join(', ')}`;
    }
  }
  const known = new Set(['kind', ...members.map(([member]) => member.replace('?', ''))]);
  const strange = Object.keys(line).find((name) => !known.has(name));
  return strange === undefined ? null : `(${kind}) has no ${strange}`;
}

/** A receipt out of JSON, as a technician writes one. `detail` says which line is wrong and why. */
export function readReceiptDocument(json: unknown): Result<ReceiptDocument, { readonly detail: string }> {
  if (!isRecord(json)) return err({ detail: 'a receipt is an object with language and lines' });
  const { language, lines } = json;
  if (typeof language !== 'string') return err({ detail: 'language is missing, e.g. "zh-CN"' });
  if (!Array.isArray(lines)) return err({ detail: 'lines is missing' });
  const all: readonly unknown[] = lines;
  for (const [index, line] of all.entries()) {
    const fault = faultOf(line);
    if (fault !== null) return err({ detail: `line ${index + 1} ${fault}` });
  }
  // Every member was checked against the table above.
  return ok({ language, lines: all as ReceiptDocument['lines'] });
}

import type { CasePayload, FormValues } from './case.ts';
import { valuesToSubmit } from './form.ts';
import type { ItemPack } from './item-pack.ts';
import type { Language } from './text.ts';

/** Anything that JSON can say. Properties with the value `undefined` are left out. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/**
 * JSON with one way to write each value: keys sorted by UTF-16 units, no spaces (RFC 8785 for what JSON.stringify
 * writes). Equal values give equal text, whatever the order in which they were built. Throws on numbers that JSON cannot say.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('not a JSON number');
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Puts together what is submitted: only answers that apply, in their stored form. */
export function makeCasePayload(parts: {
  /** UUIDv7 made by the kiosk. */
  readonly caseId: string;
  readonly pack: ItemPack;
  readonly language: Language;
  /** Name and number from the identity card. */
  readonly applicant: { readonly name: string; readonly idNumber: string };
  readonly values: FormValues;
}): CasePayload {
  const { pack } = parts;
  return {
    schema: 'hall24.case/1',
    caseId: parts.caseId,
    itemId: pack.id,
    itemVersion: pack.version,
    itemCode: pack.code,
    language: parts.language,
    applicant: {
      kind: pack.applicant,
      name: parts.applicant.name,
      idType: 'resident',
      idNumber: parts.applicant.idNumber,
    },
    values: valuesToSubmit(pack, parts.values),
  };
}

/** The text of a payload that is sealed: canonical, so the same case always gives the same bytes (UTF-8). */
export function casePayloadText(payload: CasePayload): string {
  return canonicalJson({ ...payload, applicant: { ...payload.applicant }, values: { ...payload.values } });
}

import { z } from 'zod';
import type { ItemPack } from '../domain/item-pack.ts';
import { MOST_ATTACHMENTS } from '../domain/attachment.ts';
import { parseItemCode } from '../domain/item-code.ts';

/*
 * Schema of an item pack as it is shipped in `assets/catalogue/items` and sent by the platform. Strict: a misspelt
 * property is an error, not silence. What one file cannot say about itself alone (unique ids across packs, sample
 * forms) is checked by `test/catalogue`.
 */

const Id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'kebab-case id');
const Text = z.strictObject({ 'zh-CN': z.string().trim().min(1).max(400), en: z.string().trim().min(1).max(400) });

const Material = z.strictObject({ id: Id, name: Text, note: Text, need: z.enum(['bring', 'not-needed']) });
const NotHere = z.strictObject({ when: Text, instead: Text });

const Limits = z.strictObject({
  minLength: z.int().min(1).exactOptional(),
  maxLength: z.int().min(1).max(1000).exactOptional(),
  min: z.number().min(0).exactOptional(),
  max: z.number().min(0).exactOptional(),
  notBefore: z.string().min(1).exactOptional(),
  notAfter: z.string().min(1).exactOptional(),
  minAge: z.int().min(0).max(150).exactOptional(),
  maxAge: z.int().min(0).max(150).exactOptional(),
});

const Field = z.strictObject({
  id: Id,
  kind: z.enum([
    'text',
    'person-name',
    'id-number',
    'phone',
    'credit-code',
    'address',
    'date',
    'money',
    'integer',
    'choice',
    'consent',
    'signature',
  ]),
  question: Text,
  label: Text,
  help: Text,
  required: z.boolean(),
  limits: Limits.exactOptional(),
  choices: z
    .array(z.strictObject({ value: Id, label: Text }))
    .min(1)
    .max(12)
    .exactOptional(),
  fromCard: z.enum(['name', 'number', 'sex', 'birthDate', 'address', 'nation']).exactOptional(),
  onlyWhen: z.strictObject({ field: Id, isOneOf: z.array(z.string().min(1)).min(1) }).exactOptional(),
});

const Group = z.strictObject({ id: Id, title: Text, fields: z.array(Field).min(1) });

const ItemPackShape = z.strictObject({
  id: Id,
  version: z.int().min(1),
  code: z.string(),
  name: Text,
  summary: Text,
  department: Text,
  applicant: z.enum(['person', 'enterprise']),
  keywords: z.array(z.string().min(1)).min(1),
  pinyin: z
    .string()
    .regex(/^[a-z]+$/)
    .exactOptional(),
  alsoSocialSecurityCard: z.boolean().exactOptional(),
  lifeEvents: z.array(z.string().min(1)),
  decision: z.enum(['instant', 'office']),
  guide: z.strictObject({
    fee: Text,
    timeLimit: Text,
    effort: Text,
    who: Text,
    notHere: z.array(NotHere),
    materials: z.array(Material).min(1),
    steps: z.array(Text).min(1).max(5),
    legalBasis: z.array(Text).min(1),
  }),
  form: z.strictObject({ groups: z.array(Group).min(1) }),
  attachments: z
    .array(
      z.strictObject({
        id: Id,
        title: Text,
        help: Text.exactOptional(),
        max: z.int().min(1).max(MOST_ATTACHMENTS),
        required: z.boolean().exactOptional(),
      }),
    )
    .min(1)
    .max(MOST_ATTACHMENTS)
    .exactOptional(),
  result: z.enum(['record', 'certificate-by-post', 'seal-in-locker']),
});

/** Where in a pack something is wrong, and what. */
interface PackFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/**
 * A whole item pack. Besides shapes it holds that: the item code is valid (GB/T 39554.1, GB 32100); field ids are
 * unique; choices belong to choice fields; `onlyWhen` names an earlier choice field and values it has; `notBefore` and
 * `notAfter` name a date field or `today`; limits do not cross.
 */
export const ItemPackSchema: z.ZodType<ItemPack> = ItemPackShape.superRefine((pack, context) => {
  for (const fault of faultsOf(pack)) {
    context.addIssue({ code: 'custom', path: [...fault.path], message: fault.message });
  }
});

type Shape = z.infer<typeof ItemPackShape>;
type FieldShape = z.infer<typeof Field>;

function faultsOf(pack: Shape): readonly PackFault[] {
  const faults: PackFault[] = [];
  const code = parseItemCode(pack.code);
  if (!code.ok) faults.push({ path: ['code'], message: `item code: ${code.error}` });
  const slots = (pack.attachments ?? []).map(({ id }) => id);
  if (new Set(slots).size < slots.length) faults.push({ path: ['attachments'], message: 'an id is used twice' });
  const all = new Map(pack.form.groups.flatMap((group) => group.fields).map((field) => [field.id, field]));
  const before = new Map<string, FieldShape>();
  for (const [groupIndex, group] of pack.form.groups.entries()) {
    for (const [fieldIndex, field] of group.fields.entries()) {
      const path = ['form', 'groups', groupIndex, 'fields', fieldIndex];
      const say = (message: string): void => {
        faults.push({ path, message: `${field.id}: ${message}` });
      };
      if (before.has(field.id)) say('id is used twice');
      for (const message of fieldFaults(field, before, all)) say(message);
      before.set(field.id, field);
    }
  }
  return faults;
}

function fieldFaults(
  field: FieldShape,
  before: ReadonlyMap<string, FieldShape>,
  all: ReadonlyMap<string, FieldShape>,
): readonly string[] {
  const faults: string[] = [];
  if ((field.kind === 'choice') !== (field.choices !== undefined)) faults.push('choices belong to choice fields');
  if (field.fromCard === 'sex' && field.kind !== 'choice') faults.push('sex is a choice of male and female');
  if (field.onlyWhen !== undefined) {
    const controlling = before.get(field.onlyWhen.field);
    const values = controlling?.choices?.map((choice) => choice.value) ?? [];
    const known = field.onlyWhen.isOneOf.every((value) => values.includes(value));
    if (!known) faults.push('onlyWhen must name an earlier choice field and values it has');
  }
  const limits = field.limits ?? {};
  for (const other of [limits.notBefore, limits.notAfter]) {
    if (other === undefined || other === 'today') continue;
    if (other === field.id || all.get(other)?.kind !== 'date') faults.push(`no other date field ${other}`);
  }
  if ((limits.min ?? 0) > (limits.max ?? Infinity)) faults.push('min is above max');
  if ((limits.minLength ?? 0) > (limits.maxLength ?? Infinity)) faults.push('minLength is above maxLength');
  if ((limits.minAge ?? 0) > (limits.maxAge ?? Infinity)) faults.push('minAge is above maxAge');
  return faults;
}

/** What `assets/catalogue/catalogue.json` holds. */
export const CatalogueSchema = z.strictObject({
  /** Goes up with every change of the catalogue. */
  version: z.int().min(1),
  /** Files of the items relative to the catalogue, in the order of lists. */
  items: z.array(z.string().regex(/^items\/[a-z0-9-]+\.json$/)).min(1),
  /** Groups of items by what happens in life, in the order of lists; items name them by id. */
  lifeEvents: z.array(z.strictObject({ id: Id, name: Text })),
  /** Whom to ask in this hall. */
  hall: z.strictObject({
    name: Text,
    address: Text,
    /** Service line of the government, e.g. 12345. */
    hotline: z.string().min(3),
    dutyPhone: z.string().min(3),
    windowHours: Text,
  }),
});
export type Catalogue = z.infer<typeof CatalogueSchema>;

/* The schema and the type say the same: these lines do not compile otherwise. */
type Frozen<T> = T extends readonly (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : never;
/** `true` as long as the schema's shape equals `ItemPack`. */
export const SCHEMA_EQUALS_TYPE: Same<Frozen<Shape>, Frozen<ItemPack>> = true;

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkForm, prefillFromCard, questionsToAsk, valuesToSubmit } from '../../electron/domain/form.ts';
import { fieldsOf, type ItemPack } from '../../electron/domain/item-pack.ts';
import { parseItemCode } from '../../electron/domain/item-code.ts';
import { CatalogueSchema, ItemPackSchema, SCHEMA_EQUALS_TYPE } from '../../electron/platform-api/item-pack-schema.ts';
import { FIXTURE_TODAY, SAMPLE_FORMS } from '../fixtures/forms.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'assets', 'catalogue');
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(FOLDER, path), 'utf8'));
const catalogue = CatalogueSchema.parse(readJson('catalogue.json'));
const files = catalogue.items.map((file) => ({ file, json: readJson(file) }));
/** As the files say; the first test of each pack holds it against the schema. */
const packs = files.map(({ json }) => json as ItemPack);

/** Words that leave the citizen guessing. */
const VAGUE = ['等', '其他材料', '必要时', '有关材料', '相关材料'];
const QUESTIONS = { min: 5, max: 9 };

/** Every text of a pack with its place, in one language. */
function textsOf(value: unknown, language: 'zh-CN' | 'en', path = ''): readonly (readonly [string, string])[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (key === language && typeof member === 'string') return [[path, member] as const];
    return textsOf(member, language, `${path}/${key}`);
  });
}

/** Fewest and most questions, over every way to choose. */
function questionRange(pack: ItemPack): readonly [number, number] {
  const choosing = fieldsOf(pack).filter((field) => fieldsOf(pack).some((other) => other.onlyWhen?.field === field.id));
  let ways: Record<string, string>[] = [{}];
  for (const field of choosing) {
    ways = ways.flatMap((way) => (field.choices ?? []).map((choice) => ({ ...way, [field.id]: choice.value })));
  }
  const counts = ways.map((way) => questionsToAsk(pack, way).length);
  return [Math.min(...counts), Math.max(...counts)];
}

describe('catalogue', () => {
  it('lists every file once, and nothing else', () => {
    const there = readdirSync(join(FOLDER, 'items')).map((name) => `items/${name}`);
    expect([...catalogue.items].sort()).toEqual(there.sort());
    expect(new Set(packs.map((pack) => pack.id)).size).toBe(packs.length);
    expect(new Set(packs.map((pack) => pack.code)).size).toBe(packs.length);
  });

  it('knows the life events of its items', () => {
    const known = catalogue.lifeEvents.map((event) => event.id);
    for (const pack of packs) for (const event of pack.lifeEvents) expect(known).toContain(event);
  });

  it('has a sample form for each item', () => {
    expect(Object.keys(SAMPLE_FORMS).sort()).toEqual(packs.map((pack) => pack.id).sort());
  });

  it('has a schema that says what the type says', () => {
    expect(SCHEMA_EQUALS_TYPE).toBe(true);
  });
});

describe.each(files.map((entry, index) => ({ ...entry, pack: packs[index]! })))('$file', ({ file, json, pack }) => {
  it('fits the schema and its file name', () => {
    expect(ItemPackSchema.safeParse(json).error?.issues ?? []).toEqual([]);
    expect(file).toBe(`items/${pack.id}.json`);
  });

  it('says everything in both languages, without vague words', () => {
    const chinese = textsOf(pack, 'zh-CN');
    const english = textsOf(pack, 'en');
    expect(chinese.map(([path]) => path)).toEqual(english.map(([path]) => path));
    expect(english.filter(([, words]) => !/[A-Za-z\d]/.test(words))).toEqual([]);
    expect(english.filter(([, words]) => /\betc\b|other documents|if necessary/i.test(words))).toEqual([]);
    expect(chinese.filter(([, words]) => !/[\p{Script=Han}\d]/u.test(words))).toEqual([]);
    expect(chinese.filter(([, words]) => VAGUE.some((vague) => words.includes(vague)))).toEqual([]);
    // Full-width punctuation, half a space between words and figures.
    expect(chinese.filter(([, words]) => /\p{Script=Han}[,;:!?]/u.test(words))).toEqual([]);
    expect(chinese.filter(([, words]) => /\p{Script=Han}\d|\d\p{Script=Han}/u.test(words))).toEqual([]);
  });

  it('has titles that fit the screen', () => {
    const fields = fieldsOf(pack);
    expect(fields.map((field) => field.question['zh-CN']).filter((words) => words.length > 18)).toEqual([]);
    expect(fields.map((field) => field.label['zh-CN']).filter((words) => words.length > 10)).toEqual([]);
    expect(pack.guide.steps.map((step) => step['zh-CN']).filter((words) => words.length > 12)).toEqual([]);
  });

  it('asks few questions, as many as its guide says', () => {
    const [fewest, most] = questionRange(pack);
    expect(fewest).toBeGreaterThanOrEqual(QUESTIONS.min);
    expect(most).toBeLessThanOrEqual(QUESTIONS.max);
    const said = pack.guide.steps
      .map((step) => /填 (\d+)(?: 到 (\d+))? 题/.exec(step['zh-CN']))
      .find((hit) => hit !== null);
    expect([Number(said?.[1]), Number(said?.[2] ?? said?.[1])]).toEqual([fewest, most]);
  });

  it('belongs to an authority that is recognisably made up', () => {
    const code = parseItemCode(pack.code);
    expect(code.ok ? code.value.creditCode : code.error).toMatch(/^11990001MB0000/);
  });

  it('takes its sample form, every answer of which is needed', () => {
    const sample = SAMPLE_FORMS[pack.id]!;
    const prefilled = prefillFromCard(pack, sample.card);
    const values = { ...prefilled, ...sample.answers };
    expect(checkForm(pack, values, FIXTURE_TODAY)).toEqual({});
    expect(questionsToAsk(pack, values, prefilled).map((field) => field.id)).toEqual(Object.keys(sample.answers));
    expect(valuesToSubmit(pack, values)).toEqual(values);
    const required = questionsToAsk(pack, values, prefilled).filter((field) => field.required);
    const missed = required.filter(
      (field) => !(field.id in checkForm(pack, { ...values, [field.id]: '' }, FIXTURE_TODAY)),
    );
    expect(missed).toEqual([]);
  });
});

describe('item pack schema', () => {
  const good = packs[0]!;
  const withField = (change: object): unknown => ({
    ...good,
    form: { groups: [{ ...good.form.groups[0]!, fields: [{ ...fieldsOf(good)[0]!, ...change }] }] },
  });

  it.each([
    ['a wrong item code', { ...good, code: good.code.replace('R', 'T') }],
    ['a misspelt property', { ...good, keyword: [] }],
    ['a text in one language only', { ...good, name: { 'zh-CN': '名称', en: ' ' } }],
    ['no text of a language', { ...good, name: { 'zh-CN': '名称' } }],
    ['a condition on a field that is not there', withField({ onlyWhen: { field: 'nobody', isOneOf: ['yes'] } })],
    ['a limit by a field that is not there', withField({ kind: 'date', limits: { notBefore: 'nobody' } })],
    ['choices of a field that is no choice', withField({ choices: [{ value: 'a', label: good.name }] })],
    ['a choice without choices', withField({ kind: 'choice' })],
    ['crossed limits', withField({ limits: { minLength: 5, maxLength: 4 } })],
    ['the same field twice', { ...good, form: { groups: [good.form.groups[0], good.form.groups[0]] } }],
  ])('refuses %s', (_name, pack) => {
    expect(ItemPackSchema.safeParse(pack).success).toBe(false);
  });

  it('takes the pack without changing it', () => {
    expect(ItemPackSchema.parse(good)).toEqual(good);
    expect(ItemPackSchema.safeParse(withField({})).success).toBe(true);
  });
});

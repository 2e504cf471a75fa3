import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, casePayloadText, makeCasePayload, type JsonValue } from './case-payload.ts';
import {
  checkForm,
  formatFieldValue,
  maskedValue,
  missingFields,
  prefillFromCard,
  questionsToAsk,
  valuesToSubmit,
  visibleFields,
} from './form.ts';
import type { FieldKind, FormField, ItemPack } from './item-pack.ts';

const TODAY = '2026-03-18';
const text = (words: string): { 'zh-CN': string; en: string } => ({ 'zh-CN': words, en: words });
const field = (id: string, kind: FieldKind, more: Partial<FormField> = {}): FormField => ({
  id,
  kind,
  question: text(id),
  label: text(id),
  help: text(id),
  required: true,
  ...more,
});
const yesNo = [
  { value: 'yes', label: { 'zh-CN': '是', en: 'Yes' } },
  { value: 'no', label: { 'zh-CN': '否', en: 'No' } },
];

const PACK: ItemPack = {
  id: 'test-item',
  version: 3,
  code: '11370800MB285591843370117002011',
  name: text('测试事项'),
  summary: text('测试'),
  department: text('测试局'),
  applicant: 'person',
  keywords: [],
  lifeEvents: [],
  decision: 'instant',
  guide: {
    fee: text(''),
    timeLimit: text(''),
    effort: text(''),
    who: text(''),
    notHere: [],
    materials: [],
    steps: [],
    legalBasis: [],
  },
  form: {
    groups: [
      {
        id: 'you',
        title: text('您'),
        fields: [
          field('name', 'person-name', { fromCard: 'name' }),
          field('number', 'id-number', { fromCard: 'number' }),
          field('sex', 'choice', { fromCard: 'sex', choices: [{ value: 'female', label: text('女') }] }),
          field('home', 'address', { fromCard: 'address' }),
        ],
      },
      {
        id: 'more',
        title: text('其余'),
        fields: [
          field('agent', 'choice', { choices: yesNo }),
          field('agent-paid', 'choice', { choices: yesNo, onlyWhen: { field: 'agent', isOneOf: ['yes'] } }),
          field('pay', 'money', { onlyWhen: { field: 'agent-paid', isOneOf: ['yes'] } }),
          field('phone', 'phone', { required: false }),
        ],
      },
    ],
  },
  result: 'record',
};

const CARD = {
  name: '林测夏',
  sex: 'female',
  nation: '汉',
  birthDate: '1990-03-07',
  address: '测试省澄湖市望溪区望溪路 18 号',
  number: '990001199003070028',
} as const;
const ids = (fields: readonly FormField[]): readonly string[] => fields.map((one) => one.id);

describe('form', () => {
  it('shows what applies, through chains', () => {
    expect(ids(visibleFields(PACK, {}))).toEqual(['name', 'number', 'sex', 'home', 'agent', 'phone']);
    expect(ids(visibleFields(PACK, { agent: 'yes', 'agent-paid': 'yes' }))).toContain('pay');
    expect(ids(visibleFields(PACK, { agent: 'no', 'agent-paid': 'yes' }))).not.toContain('pay');
  });

  it('fills from the card and asks the rest', () => {
    const values = prefillFromCard(PACK, CARD);
    expect(values).toEqual({ name: '林测夏', number: '990001199003070028', sex: 'female', home: CARD.address });
    expect(ids(questionsToAsk(PACK, values))).toEqual(['agent', 'phone']);
    const thin = prefillFromCard(PACK, { ...CARD, address: '', sex: 'unstated' });
    expect(thin).toEqual({ name: '林测夏', number: '990001199003070028' });
    expect(ids(questionsToAsk(PACK, thin, thin))).toEqual(['sex', 'home', 'agent', 'phone']);
    expect(ids(questionsToAsk(PACK, { ...thin, home: '望溪路 18 号' }, thin))).toContain('home');
    expect(prefillFromCard(PACK, { ...CARD, sex: 'male' })).not.toHaveProperty('sex');
  });

  it('finds what is missing and what is wrong', () => {
    const values = prefillFromCard(PACK, CARD);
    expect(ids(missingFields(PACK, values))).toEqual(['agent']);
    expect(checkForm(PACK, values, TODAY)).toEqual({ agent: { code: 'choice-needed', params: {} } });
    const full = { ...values, agent: 'yes', 'agent-paid': 'yes', pay: '12.345', phone: '12' };
    expect(Object.keys(checkForm(PACK, full, TODAY))).toEqual(['pay', 'phone']);
    expect(checkForm(PACK, { ...full, agent: 'no', phone: '' }, TODAY)).toEqual({});
  });

  it('writes answers for people, masked where personal', () => {
    const pay = field('pay', 'money');
    const agent = field('agent', 'choice', { choices: yesNo });
    expect(formatFieldValue(pay, '2600.00', 'zh-CN')).toBe('2,600 元');
    expect(formatFieldValue(agent, 'yes', 'en')).toBe('Yes');
    expect(formatFieldValue(field('ok', 'consent'), 'yes', 'zh-CN')).toBe('已同意');
    expect(formatFieldValue(field('day', 'date'), '2026-04-01', 'en')).toBe('2026-04-01');
    expect(maskedValue(field('name', 'person-name'), '林测夏')).toBe('林*夏');
    expect(maskedValue(field('number', 'id-number'), CARD.number)).toBe('990***********0028');
    expect(maskedValue(agent, 'no', 'en')).toBe('No');
    expect(maskedValue(pay, '2600.50', 'en')).toBe('2,600.50 yuan');
  });

  it('submits only what applies, in its stored form', () => {
    const values = { name: ' 林测夏 ', agent: 'no', 'agent-paid': 'yes', pay: '5', phone: '138 0000 0024', stray: 'x' };
    expect(valuesToSubmit(PACK, values)).toEqual({ name: '林测夏', agent: 'no', phone: '13800000024' });
    expect(
      makeCasePayload({
        caseId: '019d0000-0000-7000-8000-000000000001',
        pack: PACK,
        language: 'en',
        applicant: { name: CARD.name, idNumber: CARD.number },
        values,
      }),
    ).toEqual({
      schema: 'hall24.case/1',
      caseId: '019d0000-0000-7000-8000-000000000001',
      itemId: 'test-item',
      itemVersion: 3,
      itemCode: PACK.code,
      language: 'en',
      applicant: { kind: 'person', name: CARD.name, idType: 'resident', idNumber: CARD.number },
      values: { name: '林测夏', agent: 'no', phone: '13800000024' },
    });
  });
});

describe('canonical JSON', () => {
  const shuffled = (value: JsonValue): JsonValue => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(shuffled);
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, member]) => [key, member === undefined ? null : shuffled(member)]),
    );
  };

  it('sorts keys and leaves no spaces', () => {
    expect(canonicalJson({ b: [1, { d: null, c: '林' }], a: undefined, A: true, '10': 0 })).toBe(
      '{"10":0,"A":true,"b":[1,{"c":"林","d":null}]}',
    );
    expect(() => canonicalJson(Number.NaN)).toThrow(RangeError);
  });

  it('says the same as JSON, in one way', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.parse(JSON.stringify(value)) as JsonValue;
        const canonical = canonicalJson(json);
        expect(JSON.parse(canonical)).toEqual(json);
        expect(canonicalJson(shuffled(json))).toBe(canonical);
        expect(canonicalJson(JSON.parse(canonical) as JsonValue)).toBe(canonical);
      }),
    );
  });

  it('gives the same text for the same case', () => {
    const parts = {
      caseId: '019d0000-0000-7000-8000-000000000001',
      pack: PACK,
      language: 'zh-CN',
      applicant: { name: CARD.name, idNumber: CARD.number },
    } as const;
    const one = casePayloadText(makeCasePayload({ ...parts, values: { name: '林测夏', agent: 'no' } }));
    expect(casePayloadText(makeCasePayload({ ...parts, values: { agent: 'no', name: '林测夏' } }))).toBe(one);
    expect(casePayloadText(makeCasePayload({ ...parts, values: { name: '林测夏', agent: 'yes' } }))).not.toBe(one);
  });
});

import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../domain/text.ts';
import { fillTemplate, type ReceiptTemplate } from './receipt-template.ts';
import { CASE_TEMPLATE, PICKUP_TEMPLATE, TEST_TEMPLATE } from './receipt-templates.ts';

const say = (language: string, key: string, params?: Readonly<Record<string, string | number>>): string =>
  `${language}:${key}(${Object.keys(params ?? {}).join()})`;

describe('a receipt template', () => {
  it('says keys in the language asked for, with the fields as parameters, and fields as they stand', () => {
    const template: ReceiptTemplate = {
      lines: [
        { kind: 'state', title: { t: 'state.{words}.title' }, detail: { field: 'note' } },
        { kind: 'pair', key: { t: 'key' }, value: { field: 'count' } },
        { kind: 'step', done: 'yes', text: { field: 'link' } },
        { kind: 'step', done: 'no', text: { field: 'nowhere' } },
      ],
    };
    const fields = { words: 'kept', note: '{{a}}', count: 2, yes: true, no: false, link: { t: 'other' } };
    for (const language of LANGUAGES) {
      expect(fillTemplate(template, fields, language, say)).toEqual({
        language,
        lines: [
          { kind: 'state', title: `${language}:state.kept.title(words,note,count)`, detail: '{{a}}' },
          { kind: 'pair', key: `${language}:key(words,note,count)`, value: '2' },
          { kind: 'step', done: true, text: `${language}:other(words,note,count)`, note: '' },
          { kind: 'step', done: false, text: '', note: '' },
        ],
      });
    }
  });

  it('leaves a line out, and repeats one for a list', () => {
    const template: ReceiptTemplate = {
      lines: [
        { kind: 'rule', when: 'missing' },
        { kind: 'rule', when: 'off' },
        { kind: 'text', text: { field: 'name' }, when: 'name' },
        { kind: 'number', text: { field: 'each' }, each: 'list' },
        { kind: 'number', text: { field: 'each' }, each: 'none' },
      ],
    };
    const fields = { off: false, name: 'x', list: [{ each: 'a' }, { each: 'b' }], none: [] };
    expect(fillTemplate(template, fields, 'en', say).lines).toEqual([
      { kind: 'text', text: 'x' },
      { kind: 'number', text: 'a' },
      { kind: 'number', text: 'b' },
    ]);
  });

  it('is data: it can be written down and read back', () => {
    for (const template of [CASE_TEMPLATE, PICKUP_TEMPLATE, TEST_TEMPLATE]) {
      expect(JSON.parse(JSON.stringify(template))).toEqual(template);
    }
  });
});

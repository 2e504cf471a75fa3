import fc from 'fast-check';
import { createElement, type ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { ButtonWords, halfWidths, Phrases, Title } from './phrases.tsx';

const drawn = (part: (props: { children: string }) => ReactElement, text: string): string =>
  renderToStaticMarkup(createElement(part, null, text));
const words = (html: string): string => html.replaceAll(/<[^>]*>/gu, '');

describe('Chinese that may break', () => {
  it('keeps each phrase with its sign in one piece', () => {
    expect(drawn(Phrases, '凭领取码，断网也能领')).toBe(
      '<span class="keep">凭领取码，</span><span class="keep">断网也能领</span>',
    );
  });

  it('begins a bracket in a new piece', () => {
    expect(drawn(Phrases, '领取柜没连上（20:05 起）。')).toBe(
      '<span class="keep">领取柜没连上</span><span class="keep">（20:05 起）。</span>',
    );
  });

  it('breaks a long phrase between words, never between a figure and its unit', () => {
    const html = drawn(Title, '不同意请到 2 楼 12 号窗口办');
    expect(html).toContain('<wbr/>');
    expect(html).toMatch(/<span class="nb">[^<]*2 楼 12 号<\/span>/u);
  });

  it('breaks the words of a button between words, and short ones nowhere', () => {
    expect(drawn(ButtonWords, '返回设备列表')).toBe('返回<wbr/>设备<wbr/>列表');
    expect(drawn(ButtonWords, '保存设置')).toBe('保存设置');
  });

  it('leaves no single character on a last line', () => {
    expect(drawn(Title, '测试身份证阅读器')).toBe('测试<wbr/>身份证<wbr/>阅读器');
  });

  it('leaves a short title and other languages as they are', () => {
    expect(drawn(Title, '请关好柜门')).toBe('请关好柜门');
    expect(drawn(Phrases, 'Please check, then submit')).toBe('Please check, then submit');
    expect(drawn(Title, 'Door 11 is open')).toBe('Door 11 is open');
  });

  it('says every text whole and in order', () => {
    const piece = fc.constantFrom(
      '请',
      '身份证',
      '，',
      '。',
      '（',
      '）',
      ' ',
      '12',
      '号柜门',
      '“关”',
      'X',
      '不动产权证',
      '？',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = pieces.join('');
        expect(words(drawn(Phrases, text))).toBe(text);
        expect(words(drawn(Title, text))).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('counts a Chinese character as two', () => {
    expect(halfWidths('10 分钟')).toBe(7);
  });
});

import { describe, expect, it } from 'vitest';
import type { ItemPack } from '../../electron/domain/item-pack.ts';
import senior from '../../assets/catalogue/items/senior-card.json' with { type: 'json' };
import { unfinishedForm } from '../carry/unfinished.ts';
import { quietMsUnder } from './quiet-clock.ts';
import { emptyFlow, reduceFlow } from './reducer.ts';

const item = senior as unknown as ItemPack;

describe('a form that comes back', () => {
  const home = { ...emptyFlow(1), screen: 'resume' as const, history: ['home' as const] };
  const back = reduceFlow(home, { type: 'resumed', item, values: { phone: '13800000025' } });
  it('goes on with the card, and Back does not lead to the scanner again', () => {
    expect(back).toMatchObject({ screen: 'card', history: ['home'], values: { phone: '13800000025' }, result: null });
  });
  it('keeps what was typed when the card has been read', () => {
    const card = { name: '测试老人' } as never;
    const read = reduceFlow(back, { type: 'card-read', card, values: { 'applicant-name': '测试老人' } });
    expect(read.values).toEqual({ phone: '13800000025', 'applicant-name': '测试老人' });
  });
  it('can be carried away again, without what the card gave', () => {
    const values = { phone: '13800000025', 'applicant-name': '测试老人', 'photo-consent': 'yes' };
    expect(unfinishedForm({ item, result: null, values })?.values).toEqual({ phone: '13800000025' });
  });
  it('is not offered before anything was typed', () => {
    expect(unfinishedForm({ item, result: null, values: { 'applicant-name': '测试老人' } })).toBeNull();
    expect(unfinishedForm({ item: null, result: null, values: {} })).toBeNull();
  });
  it('may be photographed for three minutes', () => {
    expect(quietMsUnder('carry')).toBe(180_000);
  });
});

import { describe, expect, it } from 'vitest';
import type { CaseProgress } from '../../electron/contract/dto.ts';
import type { ItemPack } from '../../electron/domain/item-pack.ts';
import { canGoBack, emptyFlow, reduceFlow } from './reducer.ts';
import type { FlowAction, FlowState } from './types.ts';

const item = { id: 'rent-filing', version: 1 } as ItemPack;
const other = { id: 'senior-card', version: 1 } as ItemPack;
const result = { caseId: 'case-1', state: 'kept' } as CaseProgress;
const card = {
  name: '林测夏',
  sex: 'female',
  nation: '汉',
  birthDate: '1990-03-07',
  address: '测试省澄湖区望溪路 18 号',
  number: '990001199003070028',
  issuer: '澄湖区测试局',
  validTo: '2036-03-18',
} as const;

const after = (...actions: readonly FlowAction[]): FlowState => actions.reduce(reduceFlow, emptyFlow(0));

const toForm: readonly FlowAction[] = [
  { type: 'start' },
  { type: 'visit-begun', epoch: 0, visitId: 'visit-1' },
  { type: 'go', screen: 'find' },
  { type: 'item-chosen', item },
  { type: 'go', screen: 'card' },
  { type: 'card-read', card, values: { name: '林测夏' } },
  { type: 'go', screen: 'form', replace: true },
];

describe('the visit', () => {
  it('goes from the gate to the form and back over the screens that were stops', () => {
    const form = after(...toForm);
    expect(form.screen).toBe('form');
    expect(form.history).toEqual(['home', 'find', 'guide']);
    expect(reduceFlow(form, { type: 'back' }).screen).toBe('guide');
  });

  it('keeps answers when going back and choosing the same item, and drops them for another', () => {
    const typed = after(...toForm, { type: 'answered', field: 'phone', value: '138' }, { type: 'home' });
    expect(typed.values).toEqual({ name: '林测夏', phone: '138' });
    expect(reduceFlow(typed, { type: 'item-chosen', item }).values['phone']).toBe('138');
    const changed = reduceFlow(typed, { type: 'item-chosen', item: other });
    expect(changed.values).toEqual({});
    expect(changed.card).toEqual(card);
  });

  it('makes a new submission after a change, and the same one when pressed again', () => {
    const sent = after(...toForm, { type: 'go', screen: 'review' }, { type: 'submit', submissionId: 'sub-1' });
    const failed = reduceFlow(sent, {
      type: 'problem',
      problem: { code: 'K104-no-space', params: {} },
      retry: 'review',
    });
    expect(reduceFlow(failed, { type: 'go', screen: 'review' }).submissionId).toBe('sub-1');
    expect(reduceFlow(failed, { type: 'answered', field: 'phone', value: '139' }).submissionId).toBeNull();
  });

  it('has no way back once something has happened', () => {
    const done = after(
      ...toForm,
      { type: 'go', screen: 'review' },
      { type: 'submit', submissionId: 'sub-1' },
      { type: 'submitted', result },
    );
    expect(done.screen).toBe('done');
    expect(canGoBack(done)).toBe(false);
    expect(reduceFlow(done, { type: 'back' })).toEqual(done);
    const again = reduceFlow(done, { type: 'home' });
    expect(again.values).toEqual({});
    expect(again.result).toBeNull();
    expect(again.card).toEqual(card);
  });

  it('takes a changed case only for the one on the screen, and an answer only while waiting for it', () => {
    const waiting = after(...toForm, { type: 'submit', submissionId: 'sub-1' });
    const done = reduceFlow(waiting, { type: 'submitted', result });
    const received = { ...result, state: 'received' } as const;
    expect(reduceFlow(done, { type: 'case-changed', result: received }).result?.state).toBe('received');
    const strange = { ...result, caseId: 'case-2', state: 'approved' } as const;
    expect(reduceFlow(done, { type: 'case-changed', result: strange })).toEqual(done);
    const left = reduceFlow(waiting, { type: 'home' });
    expect(reduceFlow(left, { type: 'submitted', result })).toEqual(left);
  });

  it('leaves nothing behind when it ends', () => {
    const ended = reduceFlow(after(...toForm, { type: 'answered', field: 'phone', value: '138' }), { type: 'ended' });
    expect(ended).toEqual(emptyFlow(1));
    expect(reduceFlow(ended, { type: 'visit-begun', epoch: 0, visitId: 'visit-1' }).visitId).toBeNull();
  });

  it('closes help with Back and stays on the screen below', () => {
    const helped = after(...toForm, { type: 'overlay', overlay: 'help' });
    const closed = reduceFlow(helped, { type: 'back' });
    expect(closed.overlay).toBe('none');
    expect(closed.screen).toBe('form');
  });
});

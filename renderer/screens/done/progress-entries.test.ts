import { describe, expect, it } from 'vitest';
import type { CaseProgress } from '../../../electron/contract/dto.ts';
import { dateFromDigits, digitIndex, digitsOf } from '../form/date-digits.ts';
import { progressEntries } from './progress-entries.ts';

const base: CaseProgress = {
  caseId: '01890000-0000-7000-8000-000000000007',
  trackingNumber: 'CH03 0318 0042 7',
  itemId: 'rent-filing',
  itemName: { 'zh-CN': '房屋租赁登记备案', en: 'Rent filing' },
  state: 'kept',
  keptAt: '2026-03-18T12:44:00Z',
  receivedAt: null,
  caseNumber: null,
  decidedAt: null,
  outcome: null,
  reason: null,
};
const around = {
  network: { state: 'down', since: '2026-03-18T12:40:00Z' },
  now: new Date('2026-03-18T12:45:00Z'),
  language: 'zh-CN',
} as const;
const states = (progress: CaseProgress): readonly string[] =>
  progressEntries(progress, around, (key, params) => `${key} ${JSON.stringify(params)}`).map((entry) => entry.state);

describe('the progress list', () => {
  it('never says sent before the platform has acknowledged', () => {
    expect(states(base)).toEqual(['done', 'waiting', 'to-come']);
    expect(states({ ...base, state: 'parked' })).toEqual(['done', 'wrong', 'to-come']);
  });
  it('says what is known afterwards', () => {
    const received = { ...base, receivedAt: '2026-03-18T12:44:30Z', caseNumber: '990001' };
    expect(states({ ...received, state: 'received' })).toEqual(['done', 'done', 'waiting']);
    expect(states({ ...received, state: 'approved', decidedAt: received.receivedAt })).toEqual([
      'done',
      'done',
      'done',
    ]);
    expect(states({ ...received, state: 'refused' })).toEqual(['done', 'done', 'wrong']);
  });
});

describe('date digits', () => {
  it('becomes the text that the rules check', () => {
    expect(dateFromDigits('20260401')).toBe('2026-04-01');
    expect(dateFromDigits('20264')).toBe('2026-4');
    expect(digitsOf('2026-04-01')).toBe('20260401');
    expect([5, 6, 8, 9].map(digitIndex)).toEqual([4, 5, 6, 7]);
  });
});

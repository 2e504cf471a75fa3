import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPENING, reduceDoor, type DoorFlow, type DoorFlowEvent } from './door-flow.ts';
import { pageOf } from './open-words.ts';

const answered = (
  outcome: 'opened' | 'refused' | 'unknown',
  door: 'open' | 'closed' | 'unknown',
  mayTryAgain = false,
): DoorFlowEvent => ({ type: 'answered', answer: { ok: true, value: { outcome, door, mayTryAgain } } });
const sensed = (door: 'open' | 'closed' | 'unknown'): DoorFlowEvent => ({ type: 'sensed', door });
const after = (...events: readonly DoorFlowEvent[]): DoorFlow => events.reduce(reduceDoor, OPENING);

const door = fc.constantFrom('open' as const, 'closed' as const, 'unknown' as const);
const event: fc.Arbitrary<DoorFlowEvent> = fc.oneof(
  fc.constant<DoorFlowEvent>({ type: 'try' }),
  door.map(sensed),
  fc
    .tuple(fc.constantFrom('opened' as const, 'refused' as const, 'unknown' as const), door, fc.boolean())
    .map(([outcome, seen, again]) => answered(outcome, seen, again)),
  fc.constant<DoorFlowEvent>({
    type: 'answered',
    answer: { ok: false, error: { code: 'L401-locker-away', params: {} } },
  }),
);

describe('the door', () => {
  it('is closed only when the sensor says so after it was open', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        let flow: DoorFlow = OPENING;
        for (const one of events) {
          const before = flow;
          flow = reduceDoor(flow, one);
          if (flow.name === 'closed' && before.name !== 'closed') {
            expect(before.name).toBe('open');
            expect(one).toEqual(sensed('closed'));
          }
          if (before.name === 'closed' || before.name === 'stopped') expect(flow).toEqual(before);
        }
      }),
    );
  });

  it('asks to be closed after a while, and at once when its sensor falls silent', () => {
    const open = after(answered('opened', 'open'));
    expect(pageOf(open, false).id).toBe('take');
    expect(pageOf(open, true).id).toBe('close');
    expect(pageOf(after(answered('opened', 'open'), sensed('unknown')), false).id).toBe('sensor-lost');
    expect(pageOf(after(answered('opened', 'open'), sensed('closed')), false).id).toBe('closed');
  });

  it('offers one more try only as long as the answer allows it', () => {
    const first = after(answered('refused', 'closed', true));
    expect(pageOf(first, false).id).toBe('not-open');
    const second = reduceDoor(reduceDoor(first, { type: 'try' }), answered('refused', 'closed', false));
    expect(pageOf(second, false).id).toBe('still-not-open');
    expect(second.tries).toBe(2);
  });

  it('is followed by the screen when the opening was not certain but the sensor sees it open', () => {
    expect(after(answered('unknown', 'unknown'), sensed('open'))).toMatchObject({ name: 'open', watched: false });
    expect(pageOf(after(answered('unknown', 'unknown'), sensed('closed')), false).id).toBe('unsure-closed');
  });
});

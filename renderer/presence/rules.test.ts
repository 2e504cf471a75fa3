import { describe, expect, it } from 'vitest';
import { emptyFlow } from '../flow/reducer.ts';
import { SCREENS } from '../flow/types.ts';
import { coverAfterMs, isPersonal, moodOf } from './rules.ts';

const near = { state: 'near', coverAfterMs: 10_000, restAfterMs: 20_000, greeting: 'silent' } as const;
const away = { ...near, state: 'away' } as const;

describe('the attract screen', () => {
  it('is as ever without a sensor, whatever it was before', () => {
    for (const before of ['plain', 'awake', 'resting'] as const) {
      expect(moodOf(undefined, before)).toEqual({ mood: 'plain', later: null });
    }
  });

  it('wakes at once, and rests a while after somebody left', () => {
    expect(moodOf(near, 'resting')).toEqual({ mood: 'awake', later: null });
    expect(moodOf(away, 'awake')).toEqual({ mood: 'awake', later: { mood: 'resting', afterMs: 20_000 } });
    expect(moodOf(away, 'resting')).toEqual({ mood: 'resting', later: null });
    expect(moodOf(away, 'plain')).toEqual({ mood: 'resting', later: null });
  });

  it('never rests where that is off, and does not greet for ever', () => {
    const never = { ...away, restAfterMs: null };
    expect(moodOf(never, 'awake')).toEqual({ mood: 'awake', later: { mood: 'plain', afterMs: 10_000 } });
    expect(moodOf(never, 'plain')).toEqual({ mood: 'plain', later: null });
  });
});

describe('a visit that nobody stands at', () => {
  const empty = emptyFlow(1);

  it('is covered where something of a person may be seen, and nowhere else', () => {
    const shown = SCREENS.filter((screen) => !isPersonal({ ...empty, screen }));
    expect(shown).toEqual(['attract', 'home', 'find', 'guide', 'technician-unlock', 'technician']);
  });

  it('is covered on every screen once something of a person is known', () => {
    const typed = SCREENS.filter((screen) => !isPersonal({ ...empty, screen, values: { name: 'x' } }));
    expect(typed).toEqual(['attract', 'technician-unlock', 'technician']);
  });

  it('is not covered without a sensor, while somebody is there, or where that is off', () => {
    expect(coverAfterMs(away, true)).toBe(10_000);
    expect(coverAfterMs(undefined, true)).toBeNull();
    expect(coverAfterMs(near, true)).toBeNull();
    expect(coverAfterMs(away, false)).toBeNull();
    expect(coverAfterMs({ ...away, coverAfterMs: null }, true)).toBeNull();
  });
});

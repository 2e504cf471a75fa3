import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loudnessAt, USUAL_SOUNDS } from './sounds.ts';

describe('how loud tones are', () => {
  it.each([
    ['21:59', 'usual'],
    ['22:00', 'softer'],
    ['03:00', 'softer'],
    ['06:59', 'softer'],
    ['07:00', 'usual'],
  ])('at %s, where nothing is set: %s', (time, loudness) => {
    expect(loudnessAt(USUAL_SOUNDS, time)).toBe(loudness);
  });

  it('knows quiet hours within one day, and none at all', () => {
    const siesta = { ...USUAL_SOUNDS, quietFrom: '12:00', quietTo: '14:00', quiet: 'off' } as const;
    expect(['11:59', '12:00', '13:59', '14:00'].map((time) => loudnessAt(siesta, time))).toEqual([
      ...['usual', 'off', 'off', 'usual'],
    ]);
    const never = { ...USUAL_SOUNDS, quietFrom: '07:00', quietTo: '07:00' };
    expect(['00:00', '07:00', '23:59'].map((time) => loudnessAt(never, time))).toEqual(['usual', 'usual', 'usual']);
  });

  it('is off at every minute where tones are off, and never usual within the quiet hours', () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    const text = (at: number): string =>
      `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
    fc.assert(
      fc.property(minute, minute, minute, (from, length, into) => {
        const to = (from + length) % 1_440;
        const setting = { ...USUAL_SOUNDS, quietFrom: text(from), quietTo: text(to) };
        const now = text((from + into) % 1_440);
        expect(loudnessAt(setting, now)).toBe(into < length ? 'softer' : 'usual');
        expect(loudnessAt({ ...setting, chimes: 'off' }, now)).toBe('off');
      }),
    );
  });
});

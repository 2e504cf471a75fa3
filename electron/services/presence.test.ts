import { describe, expect, it } from 'vitest';
import { presenceWord } from './presence.ts';

describe('what the screens are told of who stands before the kiosk', () => {
  it('is nothing while the sensor cannot be believed', () => {
    expect(presenceWord('unknown', { 'cover-after': '10' })).toBeNull();
  });

  it('has the usual times where none are set, or none that can be read', () => {
    const usual = { coverAfterMs: 10_000, restAfterMs: 20_000, greeting: 'silent' };
    expect(presenceWord('present', {})).toEqual({ state: 'near', ...usual });
    expect(presenceWord('absent', { 'cover-after': '', 'rest-after': 'soon', greeting: '?' })).toEqual({
      state: 'away',
      ...usual,
    });
  });

  it('has the times that the technician set', () => {
    const options = { 'cover-after': 'off', 'rest-after': '60', greeting: 'spoken' };
    expect(presenceWord('absent', options)).toEqual({
      ...{ state: 'away', coverAfterMs: null, restAfterMs: 60_000, greeting: 'spoken' },
    });
  });
});

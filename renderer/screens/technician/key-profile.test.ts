import { describe, expect, it } from 'vitest';
import { emptyProfile, hexPairs, keysOf, profileName, withKey } from './key-profile.ts';

describe('the profile of a keypad', () => {
  const own = emptyProfile('serial', 'Own');
  it('takes the key that was pressed for a level, and a key means one level only', () => {
    const first = withKey(own, 5, '31', 'Own');
    const moved = withKey(withKey(first, 4, '32', 'Own'), 3, '31', 'Own');
    expect(keysOf(moved)).toEqual({ 1: [], 2: [], 3: ['31'], 4: ['32'], 5: [] });
    expect(keysOf(withKey(moved, 3, '', 'Own'))).toMatchObject({ 3: [], 4: ['32'] });
  });
  it('keeps what else is written in it', () => {
    const framed = JSON.stringify({
      name: 'F',
      line: 'serial',
      read: [{ kind: 'frame', parts: ['02', 'KEY', '03'], keys: { '31': 5 } }],
      say: { invite: 'AA' },
    });
    expect(JSON.parse(withKey(framed, 4, '35', 'G'))).toEqual({
      name: 'G',
      line: 'serial',
      read: [{ kind: 'frame', parts: ['02', 'KEY', '03'], keys: { '31': 5, '35': 4 } }],
      say: { invite: 'AA' },
    });
  });
  it('that is built in has a name and nothing to change; what is no profile neither', () => {
    expect([profileName('auto'), keysOf('auto'), keysOf('{'), withKey('auto', 1, '31', 'x')]).toEqual([
      'auto',
      null,
      null,
      'auto',
    ]);
  });
  it('is typed in pairs of digits', () => {
    expect([hexPairs('31 0'), hexPairs('3103zz'), hexPairs('')]).toEqual(['31 0', '31 03', '']);
  });
});

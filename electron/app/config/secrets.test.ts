import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LocalKey } from '../../services/ports.ts';
import { systemRandom } from '../../../native/transport/system-clock.ts';
import { openSecrets, SECRET_PLACES, sealSecrets, textOf, wantsSealing, type RawConfig } from './secrets.ts';

const key = (id: string): LocalKey => ({ id, bytes: new Uint8Array(32).fill(id.charCodeAt(0)) });
const keys = (...ids: readonly string[]) => {
  const [current = key('a'), ...older] = ids.map(key);
  return { current, older };
};
const raw = (token: unknown, pinHash: unknown, secondPinHash?: unknown, code = 'CH03'): RawConfig => ({
  format: 1,
  kiosk: { code },
  platform: { baseUrl: 'https://platform.example', token },
  technician: { pinHash, ...(secondPinHash === undefined ? {} : { secondPinHash }) },
  later: ['a field that this program does not know'],
});
const asText = (value: RawConfig): string => JSON.stringify(value);
const NOTHING = { plain: [], older: [], closed: [], damaged: [] };
const TOKEN = 'token-of-the-kiosk';
const PIN = 'scrypt$32768$8$1$salt$hash';

describe('credentials in the configuration', () => {
  it('come back as they were from any configuration, and cannot be read in between', () => {
    const secret = fc.string({ unit: 'binary', minLength: 8, maxLength: 200 });
    fc.assert(
      fc.property(secret, secret, fc.option(secret, { nil: undefined }), (token, pin, second) => {
        const before = raw(token, pin, second);
        const sealed = JSON.parse(asText(sealSecrets(before, key('a'), systemRandom))) as RawConfig;
        for (const one of [token, pin, second]) {
          if (one !== undefined) expect(asText(sealed)).not.toContain(JSON.stringify(one));
        }
        const { raw: after, report } = openSecrets(sealed, keys('b', 'a'));
        expect(after).toEqual(before);
        expect(report).toEqual({
          ...NOTHING,
          older: second === undefined ? SECRET_PLACES.slice(0, 2) : SECRET_PLACES,
        });
        expect(openSecrets(sealed, keys('a')).report).toEqual(NOTHING);
        // Sealed once more they are what they are.
        expect(sealSecrets(sealed, key('b'), systemRandom)).toEqual(sealed);
      }),
      { numRuns: 100 },
    );
  });

  it('are refused with any byte changed, and never taken for plain ones', () => {
    const sealed = asText(sealSecrets(raw(TOKEN, PIN), key('a'), systemRandom));
    const from = sealed.indexOf('{"key"');
    const to = sealed.indexOf('}', from);
    fc.assert(
      fc.property(fc.integer({ min: from, max: to }), fc.integer({ min: 1, max: 127 }), (at, flip) => {
        const changed = sealed.slice(0, at) + String.fromCharCode(sealed.charCodeAt(at) ^ flip) + sealed.slice(at + 1);
        let value: RawConfig;
        try {
          value = JSON.parse(changed) as RawConfig;
        } catch {
          return;
        }
        const { raw: after, report } = openSecrets(value, keys('a'));
        const platform = after['platform'] as { readonly token?: string };
        expect(textOf(platform.token)).toBeNull();
        expect(report.plain).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('are bound to their field and to the kiosk', () => {
    const one = sealSecrets(raw(TOKEN, PIN), key('a'), systemRandom);
    const { token } = one['platform'] as { readonly token: unknown };
    const { pinHash } = one['technician'] as { readonly pinHash: unknown };
    expect(openSecrets(raw(pinHash, token), keys('a')).report.damaged).toEqual([
      'platform.token',
      'technician.pinHash',
    ]);
    expect(openSecrets(raw(token, pinHash, undefined, 'CH04'), keys('a')).report.damaged).toHaveLength(2);
    expect(openSecrets(raw(token, pinHash), keys('a')).report).toEqual(NOTHING);
  });

  it('stay closed without their key, and with another key of the same name', () => {
    const one = sealSecrets(raw(TOKEN, PIN), key('a'), systemRandom);
    for (const held of [null, keys('b')]) {
      expect(openSecrets(one, held)).toEqual({ raw: one, report: { ...NOTHING, closed: SECRET_PLACES.slice(0, 2) } });
    }
    const foreign = { current: { id: 'a', bytes: new Uint8Array(32) }, older: [] };
    expect(openSecrets(one, foreign)).toMatchObject({ raw: one, report: { damaged: SECRET_PLACES.slice(0, 2) } });
  });

  it('are each sealed or left alone: what a person puts in plain beside what is sealed is sealed, too', () => {
    const one = sealSecrets(raw(TOKEN, PIN), key('a'), systemRandom);
    const { token } = one['platform'] as { readonly token: unknown };
    const mixed = raw(token, 'scrypt$32768$8$1$another$hash');
    const looked = openSecrets(mixed, null);
    expect(looked.report).toEqual({ ...NOTHING, plain: ['technician.pinHash'], closed: ['platform.token'] });
    expect(wantsSealing(mixed, looked.report)).toBe(true);
    const again = openSecrets(sealSecrets(looked.raw, key('b'), systemRandom), keys('b'));
    expect(again.report).toEqual({ ...NOTHING, closed: ['platform.token'] });
    expect((again.raw['technician'] as { readonly pinHash: string }).pinHash).toBe('scrypt$32768$8$1$another$hash');
  });

  it("do not lie in the platform's address either", () => {
    const withUser = {
      ...raw(TOKEN, PIN),
      platform: { baseUrl: 'https://kiosk:pass-1@platform.example/api', token: TOKEN },
    };
    expect(wantsSealing(withUser, NOTHING)).toBe(true);
    const sealed = sealSecrets(withUser, key('a'), systemRandom);
    expect(asText(sealed)).not.toContain('pass-1');
    expect((sealed['platform'] as { readonly baseUrl: string }).baseUrl).toBe('https://platform.example/api');
    expect(wantsSealing(sealed, NOTHING)).toBe(false);
  });

  it('in something that is no configuration are nothing to seal', () => {
    for (const odd of [{}, { platform: null }, { platform: 'x', technician: [] }, { platform: { token: 5 } }]) {
      expect(openSecrets(odd, keys('a'))).toEqual({ raw: odd, report: NOTHING });
      expect(sealSecrets(odd, key('a'), systemRandom)).toEqual(odd);
    }
  });
});

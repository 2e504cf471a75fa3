import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom } from '../../test/support/fake-clock.ts';
import type { IdCard, IdCardType } from '../../native/model/id-card-reader.ts';
import { ok } from '../../native/model/result.ts';
import { Visits } from './visits.ts';

function card(type: IdCardType): IdCard {
  return {
    type,
    name: '测试一',
    sex: 'male',
    nationCode: '',
    nation: '',
    birthDate: '1990-01-01',
    address: '',
    number: '990001199001010019',
    issuer: '测试局',
    validFrom: '2020-01-01',
    validTo: '2040-01-01',
  };
}

describe('the card of a visit', () => {
  it.each(['hmt-permit', 'foreigner-2017', 'foreigner-2023'] as const)(
    'is not a %s: wrong type, nothing kept of it, and no word of it in the log',
    async (type) => {
      const logged: unknown[] = [];
      let laid = card(type);
      const visits = new Visits({
        clock: new FakeClock(),
        random: seededRandom(3),
        log: { event: (...line) => void logged.push(line), tail: () => [] },
        devices: { readCard: () => Promise.resolve(ok(laid)) },
      });
      const visit = visits.begin('en');
      expect(await visits.readCard(visit.id)).toMatchObject({ ok: false, error: { code: 'C205-card-wrong-type' } });
      expect(visit.card).toBeNull();
      expect(JSON.stringify(logged)).not.toContain(laid.number);
      expect(JSON.stringify(logged)).not.toContain(laid.name);
      laid = card('resident');
      expect(await visits.readCard(visit.id)).toMatchObject({ ok: true, value: { type: 'resident' } });
      expect(visit.card).toEqual(laid);
    },
  );
});

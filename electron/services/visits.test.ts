import { describe, expect, it } from 'vitest';
import { FakeClock, seededRandom } from '../../test/support/fake-clock.ts';
import type { IdCard, IdCardType } from '../../native/model/id-card-reader.ts';
import type { DeviceError } from '../../native/model/device.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import type { IdentityCard, SocialSecurityCard } from '../../native/model/social-security-card-reader.ts';
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

/** A reader that nobody may ask. */
const never = (): never => {
  throw new Error('this reader was asked');
};

const SOCIAL: SocialSecurityCard = {
  ...card('resident'),
  type: 'social-security',
  name: '测试二',
  cardCode: '',
  cardNumber: '',
  version: '3.00',
  initialisedBy: '',
  birthplace: '',
};

/** A reader that ends with `result` when told to, or as soon as it is cancelled. */
function reader<T extends IdentityCard>() {
  const state = { cancelled: false, end: (_result: Result<T, DeviceError>): void => undefined };
  const read = ({ signal }: { readonly signal?: AbortSignal }): Promise<Result<T, DeviceError>> =>
    new Promise((resolve) => {
      state.end = resolve;
      signal?.addEventListener('abort', () => {
        state.cancelled = true;
        resolve(err({ code: 'cancelled', detail: '' }));
      });
    });
  return { state, read };
}

function twoReaders() {
  const [idCard, social] = [reader<IdCard>(), reader<SocialSecurityCard>()];
  const visits = new Visits({
    clock: new FakeClock(),
    random: seededRandom(3),
    log: { event: () => undefined, tail: () => [] },
    devices: { readCard: idCard.read, readSocialSecurityCard: social.read },
  });
  const visit = visits.begin('en');
  return { idCard, social, visits, visit, reading: visits.readCard(visit.id, { socialSecurity: true }) };
}

describe('two readers', () => {
  it('take the social security card that comes first, and stop the other reader', async () => {
    const { idCard, social, visit, reading } = twoReaders();
    social.state.end(ok(SOCIAL));
    expect(await reading).toEqual(ok(SOCIAL));
    expect(visit.card).toEqual(SOCIAL);
    expect(idCard.state.cancelled).toBe(true);
  });

  it('take the ID card that comes first', async () => {
    const { idCard, social, reading } = twoReaders();
    idCard.state.end(ok(card('resident')));
    expect(await reading).toMatchObject({ ok: true, value: { type: 'resident' } });
    expect(social.state.cancelled).toBe(true);
  });

  it('go on with one when the other is away', async () => {
    const { idCard, social, reading } = twoReaders();
    social.state.end(err({ code: 'not-connected', detail: '' }));
    idCard.state.end(ok(card('resident')));
    expect(await reading).toMatchObject({ ok: true });
  });

  it.each([
    ['card-wrong-type', 'C205-card-wrong-type'],
    ['card-moved', 'C204-card-moved'],
    ['card-unreadable', 'C203-card-unreadable'],
  ] as const)('tell at once of a card that is %s', async (code, problem) => {
    const { idCard, social, reading, visit } = twoReaders();
    social.state.end(err({ code, detail: '' }));
    expect(await reading).toMatchObject({ ok: false, error: { code: problem } });
    expect(idCard.state.cancelled).toBe(true);
    expect(visit.card).toBeNull();
  });

  it('say no card when nobody came, though one of them is away', async () => {
    const { idCard, social, reading } = twoReaders();
    idCard.state.end(err({ code: 'not-connected', detail: '' }));
    social.state.end(err({ code: 'no-card', detail: '' }));
    expect(await reading).toMatchObject({ error: { code: 'C202-no-card' } });
  });

  it('are both stopped when the visit ends', async () => {
    const { idCard, social, reading, visits, visit } = twoReaders();
    visits.end(visit.id);
    expect(await reading).toMatchObject({ error: { code: 'K106-cancelled' } });
    expect([idCard.state.cancelled, social.state.cancelled]).toEqual([true, true]);
  });

  it('are not both asked for an item that takes ID cards only', async () => {
    const visits = new Visits({
      clock: new FakeClock(),
      random: seededRandom(3),
      log: { event: () => undefined, tail: () => [] },
      devices: { readCard: () => Promise.resolve(ok(card('resident'))), readSocialSecurityCard: never },
    });
    expect(await visits.readCard(visits.begin('en').id)).toMatchObject({ ok: true });
  });
});

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
        devices: { readCard: () => Promise.resolve(ok(laid)), readSocialSecurityCard: never },
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

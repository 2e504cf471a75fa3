import type { IdCard } from '../../../native/model/id-card-reader.ts';
import { ok } from '../../../native/model/result.ts';
import type { SocialSecurityCard } from '../../../native/model/social-security-card-reader.ts';
import type { FarReaders } from '../kiosk-devices.ts';
import type { VisitDesk } from './visit-desk.ts';

/** Nothing of a card but its kind comes out of the visit process. */
const NOTHING = {
  name: '',
  sex: 'unstated',
  nationCode: '',
  nation: '',
  birthDate: '',
  address: '',
  number: '',
  issuer: '',
  validFrom: '',
  validTo: '',
} as const;

/**
 * The readers that the visit process works, for whoever needs them here: their health, and a technician's test, which
 * learns the kind of card, or the length of a code, and nothing else of it.
 */
export function farReaders(desk: VisitDesk): FarReaders {
  return {
    health: () => desk.health(),
    healthChanges: desk.healthChanges,
    cardChanges: desk.cardChanges,
    scans: desk.scans,
    triggerScanner: (on) => desk.light(on),
    readCard: async ({ deadlineMs, signal }) => {
      const read = await desk.test('id-card-reader', deadlineMs, signal);
      return read.ok ? ok({ ...NOTHING, type: read.value.type as IdCard['type'] }) : read;
    },
    readSocialSecurityCard: async ({ deadlineMs, signal }) => {
      const read = await desk.test('social-security-card-reader', deadlineMs, signal);
      const kind: Pick<SocialSecurityCard, 'type'> = { type: 'social-security' };
      const rest = { cardCode: '', cardNumber: '', version: '', initialisedBy: '', birthplace: '' };
      return read.ok ? ok({ ...NOTHING, ...rest, ...kind }) : read;
    },
  };
}

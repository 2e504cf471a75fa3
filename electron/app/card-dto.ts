import type { CallOutput } from '../contract/calls.ts';
import type { IdentityCard } from '../../native/model/social-security-card-reader.ts';

/** What the page may know of a card that was read. */
export function cardDto(card: IdentityCard): CallOutput<'card.read'>['card'] {
  const { name, sex, nation, birthDate, address, number, issuer, validTo } = card;
  const privateUse = (card.privateUse ?? []).filter((field) => field !== 'englishName');
  const unshown = privateUse.length === 0 ? {} : { privateUse };
  return { name, sex, nation, birthDate, address, number, issuer, validTo, ...unshown };
}

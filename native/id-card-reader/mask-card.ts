import type { IdCard } from '../model/id-card-reader.ts';

/** Stars for all but the first characters. */
export function mask(text: string, keep: number): string {
  return Array.from(text, (one, at) => (at < keep ? one : '*')).join('');
}

/** Personal data of a card, cut down to what shows that it was read. */
export function maskCard(card: IdCard): IdCard {
  return {
    ...card,
    name: mask(card.name, 1),
    address: mask(card.address, 3),
    number: `${card.number.slice(0, 3)}***********${card.number.slice(-4)}`,
    birthDate: `${card.birthDate.slice(0, 4)}-**-**`,
    ...(card.englishName === undefined ? {} : { englishName: mask(card.englishName, 1) }),
    ...(card.permitNumber === undefined ? {} : { permitNumber: mask(card.permitNumber, 1) }),
  };
}

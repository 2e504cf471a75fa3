import type { SimulatedCard } from './simulator.ts';

/** A synthetic card: the region code 990001 does not exist. */
export const TEST_CARD: SimulatedCard = {
  cardCode: '990001D156000005',
  version: '3.00',
  initialisedBy: '9156000002990001990001FF',
  issuedOn: '20200101',
  expiresOn: '20300101',
  cardNumber: 'T00000001',
  number: '990001199003070028',
  name: '林测夏',
  sex: '2',
  nation: '01',
  birthplace: '990001',
  birthDate: '19900307',
};

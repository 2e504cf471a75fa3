import type { SimulatedCard } from './simulator.ts';

/** A synthetic card: the region code 990001 does not exist. */
export const TEST_CARD: SimulatedCard = {
  name: '林测夏',
  sex: 'female',
  nationCode: '01',
  birthDate: '1990-03-07',
  address: '测试省测试市演示区样例路1号',
  number: '990001199003070028',
  issuer: '测试市公安局演示分局',
  validFrom: '2020-01-01',
  validTo: '2040-01-01',
};

/** A synthetic permit of a resident from Hong Kong, Macau or Taiwan: the region 819999 does not exist. */
export const TEST_PERMIT: SimulatedCard = {
  ...TEST_CARD,
  type: 'hmt-permit',
  name: '测试港',
  nationCode: '',
  birthDate: '1992-04-05',
  number: '819999199204050028',
  permitNumber: 'H00000001',
  issueCount: 2,
};

const FOREIGNER = {
  name: '测试外',
  sex: 'male',
  nationCode: '',
  birthDate: '1988-02-03',
  address: '',
  issuer: '',
  validFrom: '2018-01-01',
  validTo: '2028-01-01',
  nationality: 'XTS',
} as const;

/** Synthetic foreigners' cards: the country XTS does not exist. */
export const TEST_FOREIGNER_2017: SimulatedCard = {
  ...FOREIGNER,
  type: 'foreigner-2017',
  number: 'XTS000000000001',
  englishName: 'TEST, SYNTHETIC PERSON',
  cardVersion: '01',
  authorityCode: '9900',
};

export const TEST_FOREIGNER_2023: SimulatedCard = {
  ...FOREIGNER,
  type: 'foreigner-2023',
  number: '999999198802030012',
  // 46 characters: the first 35 end with a space, the rest stands elsewhere on the card.
  englishName: 'TEST, SYNTHETIC PERSON WITH A LONG VERYLONGEND',
  issueCount: 1,
  olderNumberLink: 'X01',
};

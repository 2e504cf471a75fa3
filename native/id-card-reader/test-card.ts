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

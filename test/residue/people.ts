import { randomInt } from 'node:crypto';
import { pinyin } from 'pinyin-pro';
import { citizenNumberCheck } from '../../electron/domain/citizen-number.ts';
import { creditCodeCheck } from '../../electron/domain/credit-code.ts';
import type { IdCard } from '../../native/model/id-card-reader.ts';

/** Somebody who does not exist, with data that nobody else has. */
export interface Person {
  readonly card: IdCard;
  /** What the person types. */
  readonly phone: string;
  readonly otherName: string;
  readonly otherNumber: string;
  /** As typed: without spaces. */
  readonly address: string;
  /** Of a firm: what it types. */
  readonly firm: { readonly name: string; readonly creditCode: string };
  /** What stands on the paper that is photographed. */
  readonly paper: string;
}

/** Characters that stand early among the candidates of their syllable, so that typing them takes little. */
const CHARACTERS = Array.from(
  '安宝冰彩城春东方飞风光国海和红花江金静开康兰丽林龙梅美明南宁平青清秋山石水松天文喜夏小新雪阳云月',
);

function some(count: number): string {
  return Array.from({ length: count }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('');
}

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');

function numberOf(birth: string): string {
  // A region that does not exist.
  const first = `99${digits(4)}${birth.replaceAll('-', '')}${digits(3)}`;
  return `${first}${citizenNumberCheck(first)}`;
}

/** Of a region that does not exist. */
function creditCode(): string {
  const first = `9299${digits(4)}MA${digits(7)}`;
  return `${first}${creditCodeCheck(first)}`;
}

/** A person whose name, number, address and phone occur nowhere else: chance made them. Old enough for every item. */
export function inventPerson(): Person {
  const birthDate = `19${randomInt(45, 60)}-0${randomInt(1, 10)}-1${randomInt(10)}`;
  const number = numberOf(birthDate);
  return {
    card: {
      type: 'resident',
      name: `测${some(4)}`,
      sex: Number(number[16]) % 2 === 1 ? 'male' : 'female',
      nationCode: '01',
      nation: '汉',
      birthDate,
      address: `测试省样例市${some(3)}路${digits(5)}号${digits(4)}室`,
      number,
      issuer: '样例市公安局演示分局',
      validFrom: '2020-01-01',
      validTo: '2040-01-01',
    },
    phone: `138${digits(8)}`,
    otherName: `林${some(3)}`,
    otherNumber: numberOf('1971-03-05'),
    address: `${some(3)}路${digits(4)}号${digits(1)}幢${digits(4)}室`,
    firm: { name: `${some(5)}测试有限公司`, creditCode: creditCode() },
    paper: Array.from({ length: 24 }, () => String.fromCharCode(97 + randomInt(26))).join(''),
  };
}

/** What may not be left behind, by what it is. */
export function secretsOf(person: Person): Readonly<Record<string, string>> {
  return {
    name: person.card.name,
    number: person.card.number,
    address: person.card.address,
    phone: person.phone,
    'typed name': person.otherName,
    'typed number': person.otherNumber,
    'typed address': person.address,
    'name of the firm': person.firm.name,
    'credit code': person.firm.creditCode,
    photograph: person.paper,
    'spoken name': pinyin(person.card.name, { toneType: 'num' }),
  };
}

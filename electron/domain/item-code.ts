import { err, ok, type Result } from '../../native/model/result.ts';
import { checkCreditCode } from './credit-code.ts';
import { compactCode } from './normal-text.ts';

/** Parts of the implementation code of a service item (GB/T 39554.1-2020). */
export interface ItemCode {
  /** Credit code of the implementing authority, 18 characters. */
  readonly creditCode: string;
  /** 1 state, 2 province, 3 city, 4 county, 5 town, 6 village. */
  readonly level: 1 | 2 | 3 | 4 | 5 | 6;
  /** Basic code, 12 digits. */
  readonly basicCode: string;
  /** Two digits of the handling item in 33-character codes, else empty. */
  readonly handlingCode: string;
}

export type ItemCodeProblem = 'wrong-length' | 'bad-credit-code' | 'bad-level' | 'not-digits';

/** Takes an item code of 31 or 33 characters apart. */
export function parseItemCode(text: string): Result<ItemCode, ItemCodeProblem> {
  const code = compactCode(text);
  if (code.length !== 31 && code.length !== 33) return err('wrong-length');
  const credit = checkCreditCode(code.slice(0, 18));
  if (!credit.ok) return err('bad-credit-code');
  const level = levelOf(code.charAt(18));
  if (level === null) return err('bad-level');
  if (!/^\d+$/.test(code.slice(19))) return err('not-digits');
  return ok({ creditCode: credit.value.code, level, basicCode: code.slice(19, 31), handlingCode: code.slice(31) });
}

function levelOf(char: string): ItemCode['level'] | null {
  switch (char) {
    case '1':
      return 1;
    case '2':
      return 2;
    case '3':
      return 3;
    case '4':
      return 4;
    case '5':
      return 5;
    case '6':
      return 6;
    default:
      return null;
  }
}

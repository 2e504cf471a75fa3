import { describe, expect, it } from 'vitest';
import { choicesText } from './choices.ts';
import { hint } from './common.ts';
import { meantAddress } from './connect.ts';
import { boardOf } from './pickup-locker.ts';

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

describe('choices of an option', () => {
  it.each([
    ['a|b', ['a', 'b']],
    ['1..32', numbers(1, 32)],
    ['all|1..48', ['all', ...numbers(1, 48)]],
    ['0|1', ['0', '1']],
    ['300|500|700', ['300', '500', '700']],
    ['4|8|16|24|30|32', ['4', '8', '16', '24', '30', '32']],
    ['1|2|3|4|all', ['1', '2', '3', '4', 'all']],
  ])('%s', (text, values) => expect(choicesText(values)).toBe(text));
});

describe('the board without --board', () => {
  it.each([
    [0, 'kerong-cu48', []],
    [1, 'bcc-8a', []],
    [1, 'modbus-relay', ['channels=16']],
    [0, 'wkly', []],
    [1, 'wkly', ['boards=2', 'first-board=1']],
    [0, 'kerong-cu48', ['first-board=1']],
  ])('is %s for %s %j', (board, driver, option) => expect(boardOf({ driver, option })).toBe(board));
});

describe('an address that was meant otherwise', () => {
  it.each([
    ['/dev/ttyUSB0', 'serial:///dev/ttyUSB0?baud=19200'],
    ['COM3', 'serial://COM3?baud=19200'],
    ['serial:///dev/ttyUSB0', 'serial:///dev/ttyUSB0?baud=19200'],
    ['serial:///dev/ttyUSB0?baud=1', null],
    ['tcp://', null],
  ])('%s', (address, meant) => {
    const told = meantAddress({ deviceClass: 'pickup-locker', driver: 'kerong-cu48', address, options: {} });
    expect(told).toBe(meant === null ? '' : ` (did you mean "${meant}"?)`);
  });
});

it('says of a port that went away what to look at', () => {
  expect(hint('lost: bad file descriptor')).toContain('cable');
  expect(hint('io: Error: Inappropriate ioctl for device setting custom baud rate of 9600')).toContain(
    'no serial port',
  );
});

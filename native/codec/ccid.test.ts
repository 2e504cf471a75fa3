import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CCID, decodeCcid, decodeCcidCommand, encodeCcidAnswer, encodeCcidChange, encodeCcidCommand } from './ccid.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('CCID messages', () => {
  // Traffic of a reader as the class specification lays it out.
  it('writes power on and a transfer', () => {
    const none = new Uint8Array(0);
    expect(encodeCcidCommand({ type: CCID.powerOn, sequence: 5, data: none })).toEqual(
      hex('62 00000000 00 05 00 0000'),
    );
    expect(encodeCcidCommand({ type: CCID.transfer, sequence: 6, data: hex('00A4020002EF05') })).toEqual(
      hex('6F 07000000 00 06 00 0000 00A4020002EF05'),
    );
  });

  it('reads an answer to reset, a card that is mute, one that is gone and one that needs time', () => {
    expect(decodeCcid(hex('80 02000000 00 05 00 00 00 3B00'))).toEqual({
      ok: true,
      value: { kind: 'answer', type: 0x80, sequence: 5, card: 'active', wait: false, error: null, data: hex('3B00') },
    });
    expect(decodeCcid(hex('80 00000000 00 05 41 FE 00'))).toMatchObject({ value: { card: 'inactive', error: 0xfe } });
    expect(decodeCcid(hex('80 00000000 00 05 42 FE 00'))).toMatchObject({ value: { card: 'absent', error: 0xfe } });
    expect(decodeCcid(hex('80 00000000 00 05 80 01 00'))).toMatchObject({ value: { wait: true, error: null } });
    expect(decodeCcid(hex('50 03'))).toEqual({ ok: true, value: { kind: 'change', present: true } });
    expect(decodeCcid(hex('50 02'))).toEqual({ ok: true, value: { kind: 'change', present: false } });
  });

  it.each([
    '',
    '80',
    '50',
    '50 03 00',
    '80 03000000 00 05 00 00 00 3B00',
    '80 FFFFFFFF 00 05 00 00 00',
    '99 00000000 00 05 00 00 00',
  ])('refuses %s', (text) => {
    expect(decodeCcid(hex(text))).toEqual({ ok: false, error: 'bad-message' });
  });

  it('gives back what was written, and survives anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(255), (data, sequence) => {
        const command = { type: CCID.transfer, sequence, data };
        expect(decodeCcidCommand(encodeCcidCommand(command))).toEqual({ ok: true, value: command });
        const answer = encodeCcidAnswer({ type: CCID.dataBlock, sequence, card: 'active', data });
        expect(decodeCcid(answer)).toMatchObject({ ok: true, value: { sequence, data, error: null } });
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => typeof decodeCcid(bytes).ok === 'boolean'));
    expect(encodeCcidChange(true)).toEqual(hex('5003'));
  });
});

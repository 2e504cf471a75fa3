import { describe, expect, it } from 'vitest';
import { encodeRequest, encodeResponse, SDT_COMMANDS } from '../../id-card-reader/sdt-frame.ts';
import { encodeCardText } from '../../id-card-reader/sdt-card-text.ts';
import { TEST_CARD } from '../../id-card-reader/test-card.ts';
import { FrameDecoder, hexOf } from './frames.ts';
import type { Speaker } from './frames.ts';
import { protocolOf } from './protocols.ts';
import type { DeviceClass } from '../../model/device.ts';

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16));
}

function meanings(deviceClass: DeviceClass, driver: string, speaker: Speaker, hex: string): readonly string[] {
  const decoder = new FrameDecoder(protocolOf(deviceClass, driver), speaker);
  return [...[...bytes(hex)].flatMap((byte) => decoder.push(Uint8Array.of(byte))), ...decoder.quiet()].map(
    ({ meaning }) => meaning,
  );
}

describe('what sniff says of documented frames', () => {
  it.each([
    ['kerong-cu48', 'host', '02 00 00 50 03 55', 'status of board 0?'],
    ['kerong-cu48', 'host', '02 00 30 51 03 86', 'open all locks of board 0'],
    ['kerong-cu48', 'device', '02 00 00 65 07 00 00 00 00 C0 03 31', 'board 0, bits set: 1 2 3 47 48'],
    ['kerong-cu16', 'host', '02 0F 31 03 45', 'open lock 16 of board 0'],
    ['kerong-cu12', 'host', '02 00 02 81 00 00 03 88', 'open lock 3 of board 0'],
    ['kerong-cu12', 'device', '02 00 02 81 10 00 03 98', 'open lock 3 of board 0: ok'],
    ['kerong-cu12', 'device', '02 00 00 80 10 02 03 99 02 00', 'status of board 0: ok, bits set: 2'],
    ['kerong-cu', 'host', '02 00 00 61 03 66', 'open lock 1 of board 0'],
    ['bcc-8a', 'host', '8A 01 01 11 9B', 'open lock 1 of board 1'],
    ['bcc-8a', 'device', '80 01 00 00 00 33 B2', 'board 1, status bytes 00 00 00'],
    ['wkly', 'device', '57 4B 4C 59 0B 00 82 00 01 00 81', 'open, board 0, data 00 01 00'],
    ['modbus-relay', 'host', '01 01 00 00 00 08 3D CC', 'relays of board 1, 8 from 0?'],
    ['modbus-relay', 'device', '01 01 01 41 91 B8', 'board 1, relays: bits set: 1 7'],
  ] as const)('%s, %s: %s', (driver, speaker, hex, meaning) => {
    expect(meanings('pickup-locker', driver, speaker, hex)).toEqual([meaning]);
  });

  it.each([
    ['modbus-input', 'host', '01 02 00 00 00 08 79 CC', 'inputs of board 1, 8 from 0?'],
    ['modbus-input', 'device', '01 02 01 C2 20 19', 'board 1, inputs: bits set: 2 7 8'],
    ['ultrasonic-uart', 'device', 'FF 07 A1 A7', '1953 mm'],
    ['ld2410', 'device', 'F4 F3 F2 F1 0D 00 02 AA 02 51 00 00 1E 00 3B 00 00 55 00 F8 F7 F6 F5', 'still at 30 cm'],
  ] as const)('presence sensor %s, %s: %s', (driver, speaker, hex, meaning) => {
    expect(meanings('presence-sensor', driver, speaker, hex)).toEqual([meaning]);
  });

  it('tells noise between frames, and which side spoke on a bus', () => {
    expect(
      meanings('pickup-locker', 'kerong-cu48', 'bus', 'FF FF 02 00 00 50 03 55 02 00 00 65 07 00 00 00 00 C0 03 31'),
    ).toEqual(['2 bytes, no frame of this protocol', 'status of board 0?', 'board 0, bits set: 1 2 3 47 48']);
  });

  it('hides what a card holds, also as hex', () => {
    const text = encodeCardText(TEST_CARD);
    if (!text.ok) throw new Error(text.error.code);
    const data = Uint8Array.from([1, 0, 4, 0, ...text.value, ...new Uint8Array(1024)]);
    const decoder = new FrameDecoder(protocolOf('id-card-reader', 'sdt'), 'device');
    const [told] = decoder.push(encodeResponse(0x90, data));
    expect(told?.meaning).toContain('card of type resident');
    expect(told?.meaning).not.toContain(TEST_CARD.name);
    expect(told?.full).toContain(TEST_CARD.name);
    expect(hexOf(told?.bytes ?? data, told?.personal)).toMatch(/01 00 04 00 ·· ··/u);
    const asked = new FrameDecoder(protocolOf('id-card-reader', 'sdt'), 'host');
    expect(asked.push(encodeRequest(SDT_COMMANDS.findCard))[0]?.meaning).toBe('find card');
  });

  it('hides a scanned code and what is printed', () => {
    const decoder = new FrameDecoder(protocolOf('code-scanner', 'serial-scanner'), 'device');
    const [code] = decoder.push(new TextEncoder().encode('12345678\r'));
    expect(code).toMatchObject({ meaning: 'text of 8 characters', full: 'text "12345678"', personal: [0, 8] });
    const printer = new FrameDecoder(protocolOf('receipt-printer', 'escpos'), 'host');
    const [ink, cut] = printer.push(Uint8Array.of(0x41, 0x42, 0x1d, 0x56, 0x01));
    expect(ink).toMatchObject({ meaning: '2 bytes to print', personal: [0, 2] });
    expect(cut?.meaning).toBe('cut, partial');
  });
});

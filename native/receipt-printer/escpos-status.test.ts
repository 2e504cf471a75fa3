import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  conditionFault,
  conditionFromAsb,
  conditionFromRealTime,
  deviceState,
  GOOD_CONDITION,
  isAsbStart,
  isQueuedPaperByte,
  isRealTimeByte,
  printerState,
} from './escpos-status.ts';

describe('real-time status', () => {
  it.each<[string, [number, number, number], string | null, string]>([
    ['all well', [0x12, 0x12, 0x12], null, 'full'],
    ['near end', [0x12, 0x12, 0x1e], null, 'low'],
    ['paper out', [0x12, 0x12, 0x72], 'paper-out', 'out'],
    ['stopped at paper end', [0x32, 0x12, 0x7e], 'paper-out', 'out'],
    // Citizen PPU kiosks use bit 6 alone for the presenter: not paper.
    ['presenter sensor', [0x12, 0x12, 0x52], null, 'full'],
    ['cover open', [0x16, 0x12, 0x12], 'cover-open', 'full'],
    ['cutter error', [0x52, 0x1a, 0x12], 'cutter-error', 'full'],
    ['mechanical error', [0x52, 0x16, 0x12], 'paper-jam', 'jammed'],
    ['unrecoverable', [0x52, 0x32, 0x12], 'printer-error', 'full'],
    ['head hot', [0x52, 0x52, 0x12], 'printer-error', 'full'],
    ['error without a name', [0x52, 0x12, 0x12], 'printer-error', 'full'],
  ])('%s', (_name, bytes, fault, paper) => {
    const condition = conditionFromRealTime(0x12, ...bytes);
    expect(conditionFault(condition)?.code ?? null).toBe(fault);
    expect(printerState(condition).paper).toBe(paper);
    expect(deviceState(condition).status === 'online').toBe(fault === null);
  });
});

it('offline without a named cause is still no printer that can print', () => {
  const condition = conditionFromRealTime(0x1a, 0x12, 0x12, 0x12);
  expect(conditionFault(condition)).toMatchObject({ code: 'printer-error' });
  expect(deviceState(condition).status).toBe('hardwareError');
});

describe('ASB', () => {
  it.each<[number[], string | null]>([
    [[0x10, 0, 0, 0], null],
    [[0x38, 0, 0, 0], 'cover-open'],
    [[0x18, 0, 0x0f, 0], 'paper-out'],
    [[0x18, 0x08, 0, 0], 'cutter-error'],
    [[0x18, 0x04, 0, 0], 'paper-jam'],
    [[0x18, 0, 0, 0], 'printer-error'],
  ])('%j', (bytes, fault) => {
    const condition = conditionFromAsb(Uint8Array.from(bytes));
    expect(condition).not.toBeNull();
    expect(conditionFault(condition ?? GOOD_CONDITION)?.code ?? null).toBe(fault);
  });

  it.each([[[0x12, 0, 0, 0]], [[0x10, 0x10, 0, 0]], [[0x10, 0, 0]], [[0x10, 0, 0, 0x80]]])('refuses %j', (bytes) => {
    expect(conditionFromAsb(Uint8Array.from(bytes))).toBeNull();
  });
});

it('no byte is two kinds of answer', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), (byte) => {
      const kinds = [isRealTimeByte(byte), isAsbStart(byte), isQueuedPaperByte(byte)];
      expect(kinds.filter(Boolean).length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 1000 },
  );
});

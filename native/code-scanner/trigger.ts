/** How the scanning light is switched; `none` for scanners that scan by themselves or by their own button. */
export const TRIGGER_MODES = ['none', '7e00', 'newland'] as const;
export type TriggerMode = (typeof TRIGGER_MODES)[number];

const NEWLAND_PREFIX = [0x7e, 0x01, 0x30, 0x30, 0x30, 0x30];
const NEWLAND_END = [0x3b, 0x03];

/**
 * The command that switches the light, or null where there is none.
 * `7e00`: write register 0002, checksum `AB CD` = not checked (GM65 and the like). `newland`: temporary setting
 * `#SCNTRG1;` / `#SCNTRG0;` in unified command frames (FM, EM, HR series).
 */
export function triggerCommand(mode: TriggerMode, on: boolean): Uint8Array | null {
  switch (mode) {
    case '7e00':
      return Uint8Array.of(0x7e, 0x00, 0x08, 0x01, 0x00, 0x02, on ? 1 : 0, 0xab, 0xcd);
    case 'newland':
      return Uint8Array.of(...NEWLAND_PREFIX, ...asciiBytes(on ? '#SCNTRG1' : '#SCNTRG0'), ...NEWLAND_END);
    default:
      return null;
  }
}

/** Takes the scanner's answers to commands off the front of what it sent: they come before the code, without a tail. */
export function withoutAnswers(mode: TriggerMode, raw: Uint8Array): Uint8Array {
  let rest = raw;
  for (;;) {
    const length = mode === '7e00' ? answerLength7e00(rest) : mode === 'newland' ? answerLengthNewland(rest) : 0;
    if (length === 0) return rest;
    rest = rest.subarray(length);
  }
}

/** `02 00` (or `03 00` for the heartbeat) TYPE LENGTH data CRC(2). */
function answerLength7e00(bytes: Uint8Array): number {
  if (bytes.length < 6 || (bytes[0] !== 0x02 && bytes[0] !== 0x03) || bytes[1] !== 0x00) return 0;
  const length = 4 + (bytes[3] ?? 0) + 2;
  return bytes.length >= length ? length : 0;
}

/** `02 01 30 30 30 30` echo with ACK, NAK or ENQ, `3B 03`. */
function answerLengthNewland(bytes: Uint8Array): number {
  if (bytes[0] !== 0x02 || bytes[1] !== 0x01) return 0;
  for (let index = 2; index + 1 < bytes.length; index += 1) {
    if (bytes[index] === NEWLAND_END[0] && bytes[index + 1] === NEWLAND_END[1]) return index + 2;
  }
  return 0;
}

function asciiBytes(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

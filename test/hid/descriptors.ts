// Report descriptors (USB HID 1.11, appendix B and E) of the devices that the guest makes.

/** A boot keyboard with its lights: eight bytes in, one out. */
export const BOOT_KEYBOARD = Uint8Array.from([
  0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95,
  0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05,
  0x91, 0x02, 0x95, 0x01, 0x75, 0x03, 0x91, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x26, 0xff, 0x00, 0x05, 0x07,
  0x19, 0x00, 0x2a, 0xff, 0x00, 0x81, 0x00, 0xc0,
]);

/** One report of bytes: direction, id (0: none) and number of bytes behind the id. */
interface ByteReport {
  readonly direction: 'in' | 'out';
  readonly id: number;
  readonly bytes: number;
}

/** A device of one collection whose reports are plain bytes. */
export function byteReports(usagePage: number, usage: number, reports: readonly ByteReport[]): Uint8Array {
  return Uint8Array.from([
    ...[0x06, usagePage & 0xff, usagePage >> 8, 0x09, usage, 0xa1, 0x01],
    ...[0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08],
    ...reports.flatMap(({ direction, id, bytes }) => [
      ...(id === 0 ? [] : [0x85, id]),
      ...[0x95, bytes, 0x09, direction === 'in' ? 0x01 : 0x02, direction === 'in' ? 0x81 : 0x91, 0x02],
    ]),
    0xc0,
  ]);
}

/** A vendor's keypad: input report 01 and output report 02 of eight bytes with the id. */
export const VENDOR_KEYPAD = byteReports(0xff00, 0x01, [
  { direction: 'in', id: 0x01, bytes: 7 },
  { direction: 'out', id: 0x02, bytes: 7 },
]);

/** A HID POS scanner (usage page 8C): input report 02 and output report 04, 64 bytes with the id. */
export const POS_SCANNER = byteReports(0x8c, 0x02, [
  { direction: 'in', id: 0x02, bytes: 63 },
  { direction: 'out', id: 0x04, bytes: 63 },
]);

/** A vendor's device with plain 64-byte reports in both directions. */
export const VENDOR_64 = byteReports(0xff00, 0x01, [
  { direction: 'in', id: 0, bytes: 64 },
  { direction: 'out', id: 0, bytes: 64 },
]);

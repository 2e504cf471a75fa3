import type { QrLevel } from './escpos.ts';

/** Bytes that QR versions 1, 2, ... 17 hold in byte mode (ISO/IEC 18004, table 7). */
const CAPACITY: Readonly<Record<QrLevel, readonly number[]>> = {
  L: [17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644],
  M: [14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504],
  Q: [11, 20, 32, 46, 60, 74, 86, 108, 130, 151, 177, 203, 241, 258, 292, 322, 364],
  H: [7, 14, 24, 34, 44, 58, 64, 84, 98, 119, 137, 155, 177, 194, 220, 250, 280],
};

/**
 * Side of the QR code in modules, without quiet zone, that holds `bytes` bytes in byte mode; null when version 17
 * cannot hold them (larger ones do not fit a receipt). A printer that finds a denser mode prints a smaller one.
 */
export function qrModules(bytes: number, level: QrLevel): number | null {
  const index = CAPACITY[level].findIndex((capacity) => bytes <= capacity);
  return index < 0 ? null : 21 + 4 * index;
}

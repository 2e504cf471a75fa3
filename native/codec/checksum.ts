/** Exclusive-or of all bytes. */
export function xor8(bytes: Uint8Array): number {
  let sum = 0;
  // Counted loops: iterators cost several times as much, and parsers call this for every frame.
  for (let index = 0; index < bytes.length; index += 1) sum ^= bytes[index] ?? 0;
  return sum;
}

/** Sum of all bytes modulo 256. */
export function sum8(bytes: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 1) sum = (sum + (bytes[index] ?? 0)) & 0xff;
  return sum;
}

/** CRC-CCITT: polynomial 0x1021, start 0, not reflected (scanner modules' "7E 00" protocol). */
export function crc16Ccitt(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

/** CRC-16/MODBUS: reflected polynomial 0xA001, start 0xFFFF; sent low byte first. */
export function crc16Modbus(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (let index = 0; index < bytes.length; index += 1) {
    crc ^= bytes[index] ?? 0;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** Status words that matter (ISO/IEC 7816-4). */
export const SW = {
  ok: 0x9000,
  fileNotFound: 0x6a82,
  recordNotFound: 0x6a83,
  wrongP1P2: 0x6a86,
  securityNotSatisfied: 0x6982,
  unknownInstruction: 0x6d00,
} as const;

/** Response of a card: data and status word. */
export interface CardResponse {
  readonly data: Uint8Array;
  readonly sw: number;
}

/** Name of the social security environment: `sx1.sh.` and the word for social security in GBK. */
const ENVIRONMENT = [0x73, 0x78, 0x31, 0x2e, 0x73, 0x68, 0x2e, 0xc9, 0xe7, 0xbb, 0xe1, 0xb1, 0xa3, 0xd5, 0xcf];

/** SELECT the social security environment by name (protocols: section 6). */
export const SELECT_ENVIRONMENT = Uint8Array.of(0x00, 0xa4, 0x04, 0x00, ENVIRONMENT.length, ...ENVIRONMENT);

/** The two files that anybody may read: EF05 of the issuer, EF06 of the holder. */
export const ISSUER_FILE = 0xef05;
export const HOLDER_FILE = 0xef06;

/** SELECT a file of the environment; some cards want P1 00 instead of 02. */
export function selectFile(file: number, p1: 0x00 | 0x02): Uint8Array {
  return Uint8Array.of(0x00, 0xa4, p1, 0x00, 0x02, file >> 8, file & 0xff);
}

/** READ RECORD by record number (P2 04). `le`: bytes wanted, value and its two bytes of head. */
export function readRecord(record: number, le: number): Uint8Array {
  return Uint8Array.of(0x00, 0xb2, record, 0x04, le);
}

/** READ RECORD by item tag (P2 00): the other habit. */
export function readItem(tag: number, le: number): Uint8Array {
  return Uint8Array.of(0x00, 0xb2, tag, 0x00, le);
}

/** Cuts a response into data and status word; null when it is too short to have one. */
export function parseResponse(bytes: Uint8Array): CardResponse | null {
  if (bytes.length < 2) return null;
  const [high = 0, low = 0] = bytes.slice(-2);
  return { data: bytes.slice(0, -2), sw: (high << 8) | low };
}

/**
 * What to send after a response that is not the end of it: `61 xx` = fetch xx bytes by GET RESPONSE, `6C xx` = ask again
 * with Le xx. Null when the response is the end.
 */
export function followUp(command: Uint8Array, { sw }: CardResponse): Uint8Array | null {
  if (sw >> 8 === 0x61) return Uint8Array.of(0x00, 0xc0, 0x00, 0x00, sw & 0xff);
  if (sw >> 8 !== 0x6c) return null;
  const again = command.slice();
  again[again.length - 1] = sw & 0xff;
  return again;
}

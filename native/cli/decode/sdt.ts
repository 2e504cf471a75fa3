import { xor8 } from '../../codec/checksum.ts';
import { parseCardText, parseNewAddress } from '../../id-card-reader/sdt-card-text.ts';
import { SDT_COMMANDS, SDT_PREAMBLE, SDT_STATUS, formatSamId } from '../../id-card-reader/sdt-frame.ts';
import type { Protocol, Seen } from './frames.ts';

const HEADER = 7;
const MAX_LENGTH = 0x1000;
/** SW1 to SW3. */
const STATUS_BYTES = 3;
const TEXT_LENGTH = 256;
const NEW_ADDRESS_LENGTH = 70;
const SAM_ID_LENGTH = 16;

/** `readTextAndPhoto` as `read text and photo`. */
function words(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
}

function commandName(cmd: number, para: number): string {
  const found = Object.entries(SDT_COMMANDS).find(([, [one, two]]) => one === cmd && two === para);
  if (found !== undefined) return words(found[0]);
  if (cmd === 0x60) return 'set baud rate';
  return 'unknown command';
}

/** The body of the frame at the beginning; wrong check bytes are told, not skipped: that is what one sniffs for. */
function bodyOf(
  bytes: Uint8Array,
): { readonly body: Uint8Array; readonly length: number; readonly check: string } | 'growing' | null {
  for (const [at, byte] of SDT_PREAMBLE.entries()) {
    if (bytes[at] === undefined) return at === 0 ? null : 'growing';
    if (bytes[at] !== byte) return null;
  }
  if (bytes.length < HEADER) return 'growing';
  const rest = ((bytes[5] ?? 0) << 8) | (bytes[6] ?? 0);
  if (rest < 3 || rest > MAX_LENGTH) return null;
  const length = HEADER + rest;
  if (bytes.length < length) return 'growing';
  const check = xor8(bytes.subarray(5, length)) === 0 ? '' : ', WRONG CHECK BYTE';
  return { body: bytes.slice(HEADER, length - 1), length, check };
}

/** ID card readers with a SAM (protocols: SDT, GA 467). */
export function sdtProtocol(): Protocol {
  return {
    showsUnknown: false,
    host: (bytes) => {
      const found = bodyOf(bytes);
      if (found === null || found === 'growing') return found;
      const { body, length, check } = found;
      return { length, meaning: `${commandName(body[0] ?? 0, body[1] ?? 0)}${check}` };
    },
    device: (bytes) => {
      const found = bodyOf(bytes);
      if (found === null || found === 'growing') return found;
      const { body, length, check } = found;
      const sw3 = body[2] ?? 0;
      const status = Object.entries(SDT_STATUS).find(([, value]) => value === sw3)?.[0];
      const meaning = status === undefined ? `status ${sw3.toString(16)}` : words(status);
      return { length, ...dataOf(body.subarray(STATUS_BYTES), meaning, check) };
    },
  };
}

function dataOf(data: Uint8Array, status: string, check: string): Omit<Exclude<Seen, 'growing' | null>, 'length'> {
  const from = HEADER + STATUS_BYTES;
  const end = check === '' ? '' : check;
  if (data.length === 0) return { meaning: `${status}${end}` };
  if (data.length === SAM_ID_LENGTH) return { meaning: `${status}, SAM id ${formatSamId(data) ?? '?'}${end}` };
  if (data.length === NEW_ADDRESS_LENGTH) {
    const address = parseNewAddress(data);
    const full = address.ok ? `${status}, appended address ${address.value ?? '(none)'}${end}` : `${status}${end}`;
    return { meaning: `${status}, appended address${end}`, full, personal: [from, from + data.length] };
  }
  if (data.length < TEXT_LENGTH)
    return { meaning: `${status}, ${data.length} bytes${end}`, personal: [from, from + data.length] };
  const lengths = (data[2] ?? 0) === 0x04 && data.length >= 6 + TEXT_LENGTH + 1024 ? 6 : 4;
  const text = parseCardText(data.slice(lengths, lengths + TEXT_LENGTH));
  const kind = text.ok ? `card of type ${text.value.type}` : `card text that cannot be read (${text.error.code})`;
  const meaning = `${status}, ${kind}, ${data.length - lengths} bytes of text, photo and prints${end}`;
  const fields = text.ok ? `: ${Object.values(text.value).map(String).join(' ')}` : '';
  return { meaning, full: `${meaning}${fields}`, personal: [from + lengths, from + data.length] };
}

import { SDT_PREAMBLE } from '../../id-card-reader/sdt-frame.ts';
import type { Protocol, Seen } from './frames.ts';
import { sdtProtocol } from './sdt.ts';

const REPORT = 64;
/** Mark, number (2), length (2). */
const HEAD = 5;
const SUM = 2;
/** Command of a request, or result of a response. */
const CODE = 1;
/** Bytes of a response that stand before each part of the inner frame. */
const SKIP = 2;
const REQUEST = 0x88;
const RESPONSE = 0xaa;

interface Wrapped {
  /** Bytes of the report, its filling included. */
  readonly length: number;
  readonly from: number;
  readonly inner: Uint8Array;
  readonly check: string;
}

/** The wrapper around a part of an SDT frame; null where there is none, as with readers that send the frame bare. */
function wrappedIn(bytes: Uint8Array, mark: number): Wrapped | 'growing' | null {
  // The report's number stands before it on some systems.
  const start = bytes[0] === 0 && bytes[1] === mark ? 1 : 0;
  if (bytes[start] !== mark) return null;
  if (mark === RESPONSE && SDT_PREAMBLE.every((byte, at) => bytes[start + at] === byte)) return null;
  if (bytes.length < start + HEAD) return 'growing';
  const counted = (bytes[start + 3] ?? 0) | ((bytes[start + 4] ?? 0) << 8);
  const end = start + HEAD + counted;
  if (counted < CODE || end + SUM - start > REPORT) return null;
  if (bytes.length < end + SUM) return 'growing';
  const sum = bytes.subarray(start + 3, end).reduce((all, byte) => (all + byte) & 0xffff, 0);
  const right = ((bytes[end] ?? 0) | ((bytes[end + 1] ?? 0) << 8)) === sum;
  const filled = bytes.subarray(end + SUM, start + REPORT).findIndex((byte) => byte !== 0);
  const length = filled < 0 ? Math.min(bytes.length, start + REPORT) : end + SUM + filled;
  const from = Math.min(end, start + HEAD + CODE + (mark === RESPONSE ? SKIP : 0));
  return { length, from, inner: bytes.slice(from, end), check: right ? '' : ', WRONG SUM OF THE REPORT' };
}

/** ID card readers behind a vendor's HID wrapper (protocols: SDT 1.8); bare frames are told as on a serial line. */
export function sdtHidProtocol(): Protocol {
  const plain = sdtProtocol();
  let answer: Uint8Array = new Uint8Array(0);
  const within = ({ length, from, inner, check }: Wrapped, seen: Seen): Seen => {
    const personal = [from, from + inner.length] as const;
    if (seen === null || seen === 'growing') {
      return { length, meaning: `report with ${inner.length} bytes of a frame${check}`, personal };
    }
    const { meaning, full } = seen;
    // A frame that came in several reports may end in this one with somebody's data.
    const open = seen.personal === undefined && seen.length <= inner.length;
    return {
      length,
      meaning: `${meaning}${check}`,
      ...(full === undefined ? {} : { full: `${full}${check}` }),
      ...(open ? {} : { personal }),
    };
  };
  return {
    showsUnknown: false,
    host: (bytes) => {
      const found = wrappedIn(bytes, REQUEST);
      if (found === null) return plain.host(bytes);
      if (found === 'growing') return found;
      answer = new Uint8Array(0);
      return within(found, plain.host(found.inner));
    },
    device: (bytes) => {
      const found = wrappedIn(bytes, RESPONSE);
      if (found === null) return plain.device(bytes);
      if (found === 'growing') return found;
      const begins = SDT_PREAMBLE.every((byte, at) => found.inner[at] === byte);
      answer = begins ? found.inner : Uint8Array.of(...answer, ...found.inner);
      const seen = plain.device(answer);
      if (seen !== 'growing') answer = new Uint8Array(0);
      return within(found, seen);
    },
  };
}

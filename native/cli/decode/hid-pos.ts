import type { Protocol } from './frames.ts';

const REPORT = 64;
const INPUT = 0x02;
const OUTPUT = 0x04;
const AIM = 0x5d;
const MOST = 62;

/** Scanners as HID POS (protocols 5.2): input report 02 in either byte map, output report 04 with a command in text. */
export function hidPosProtocol(): Protocol {
  return {
    showsUnknown: false,
    host: (bytes) => {
      const length = bytes[1];
      if (bytes[0] !== OUTPUT) return null;
      if (length === undefined) return 'growing';
      if (length > MOST) return null;
      if (bytes.length < 2 + length) return 'growing';
      const text = [...bytes.subarray(2, 2 + length)]
        .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'))
        .join('');
      return { length: Math.min(bytes.length, REPORT), meaning: `command ${JSON.stringify(text)}` };
    },
    device: (bytes) => {
      if (bytes[0] !== INPUT || (bytes[1] ?? 0) > MOST) return null;
      if (bytes.length < REPORT) return 'growing';
      const count = bytes[1] ?? 0;
      const aim = bytes[2] === AIM;
      const from = aim ? 5 : 2;
      const text = new TextDecoder('utf-8').decode(bytes.subarray(from, from + count));
      const kind = aim ? `, symbology ]${String.fromCharCode(bytes[3] ?? 0x3f, bytes[4] ?? 0x3f)}` : '';
      const more = aim && ((bytes[REPORT - 1] ?? 0) & 1) === 1 ? ', more follows' : '';
      const meaning = `code of ${count} bytes${kind}${more}`;
      return { length: REPORT, meaning, full: `${meaning}: ${JSON.stringify(text)}`, personal: [from, from + count] };
    },
  };
}

import type { Protocol, Seen } from './frames.ts';

const ASKED: Readonly<Record<number, string>> = {
  1: 'printer',
  2: 'cause of offline',
  3: 'error',
  4: 'paper',
};

/** Bits of the real-time answers (protocols 3.2): number of the question, mask, words. */
const BITS: readonly (readonly [number, number, string])[] = [
  [1, 0x08, 'offline'],
  [2, 0x04, 'cover open'],
  [2, 0x20, 'stopped by paper end'],
  [2, 0x40, 'error'],
  [3, 0x04, 'mechanical error'],
  [3, 0x08, 'cutter error'],
  [3, 0x20, 'unrecoverable error'],
  [3, 0x40, 'auto-recoverable error'],
  [4, 0x0c, 'paper near end'],
  [4, 0x60, 'paper out'],
];

function command(bytes: Uint8Array): Seen {
  const [first, second, third] = bytes;
  const both = second === undefined ? -1 : ((first ?? 0) << 8) | second;
  if (first !== 0x10 && first !== 0x1d && first !== 0x1b) return null;
  if (second === undefined) return 'growing';
  if (both === 0x1b40) return { length: 2, meaning: 'initialise' };
  if (![0x1004, 0x1005, 0x1d72, 0x1d61, 0x1d56].includes(both)) return null;
  if (third === undefined) return 'growing';
  if (both === 0x1004) return { length: 3, meaning: `status ${third} (${ASKED[third] ?? '?'})?` };
  if (both === 0x1005) return { length: 3, meaning: `recover${third === 2 ? ' and clear buffers' : ''}` };
  if (both === 0x1d72)
    return { length: 3, meaning: `status behind the data, ${third === 1 ? 'paper' : `kind ${third}`}?` };
  if (both === 0x1d61) return { length: 3, meaning: `report changes by yourself, mask ${third.toString(16)}` };
  const feeds = third === 0x41 || third === 0x42;
  if (feeds && bytes.length < 4) return 'growing';
  return { length: feeds ? 4 : 3, meaning: `cut${third === 0 || third === 0x41 ? '' : ', partial'}` };
}

/** Receipt printers by ESC/POS. What is printed may be about a person and is told as a number of bytes only. */
export function escposProtocol(): Protocol {
  const asked: number[] = [];
  return {
    showsUnknown: false,
    host: (bytes) => {
      const seen = command(bytes);
      if (seen !== null) {
        if (seen !== 'growing' && bytes[0] === 0x10 && bytes[1] === 0x04) asked.push(bytes[2] ?? 0);
        return seen;
      }
      let length = 1;
      while (length < bytes.length && command(bytes.subarray(length)) === null) length += 1;
      const ink = bytes.subarray(0, length);
      return {
        length,
        meaning: `${length} bytes to print`,
        full: `to print: ${printable(ink)}`,
        personal: [0, length],
      };
    },
    device: (bytes) => {
      const [first = 0] = bytes;
      if (first === 0x11 || first === 0x13) return { length: 1, meaning: first === 0x11 ? 'XON' : 'XOFF' };
      if ((first & 0x93) === 0x10) {
        if (bytes.length < 4) return 'growing';
        const [, two = 0, three = 0] = bytes;
        const said = [
          (first & 0x08) === 0 ? 'online' : 'offline',
          (first & 0x20) === 0 ? '' : 'cover open',
          (two & 0x04) === 0 ? '' : 'mechanical error',
          (two & 0x08) === 0 ? '' : 'cutter error',
          (three & 0x03) === 0 ? '' : 'paper near end',
          (three & 0x0c) === 0 ? '' : 'paper out',
        ];
        return { length: 4, meaning: `reports: ${said.filter((text) => text !== '').join(', ')}` };
      }
      if ((first & 0x93) === 0x12) {
        const question = asked.shift() ?? 0;
        const said = BITS.filter(([of, mask]) => of === question && (first & mask) !== 0).map(([, , text]) => text);
        return { length: 1, meaning: `status ${question === 0 ? '?' : question}: ${said.join(', ') || 'all well'}` };
      }
      if ((first & 0x90) === 0)
        return { length: 1, meaning: `answer behind the data: paper ${(first & 0x0c) === 0 ? 'there' : 'out'}` };
      return null;
    },
  };
}

function printable(bytes: Uint8Array): string {
  return new TextDecoder('gb18030').decode(bytes).replaceAll(/\p{Cc}/gu, '·');
}

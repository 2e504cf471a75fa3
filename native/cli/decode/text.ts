import type { Protocol } from './frames.ts';

/** Longest quiet-less text that is held back. */
const TAILS = [0x0d, 0x0a, 0x09];

/** Scanners: text up to its tail. A scanned code may be somebody's pick-up code or card number. */
export function textProtocol(): Protocol {
  const look: Protocol['device'] = (bytes) => {
    const end = bytes.findIndex((byte) => TAILS.includes(byte));
    if (end < 0) return 'growing';
    let length = end + 1;
    while (TAILS.includes(bytes[length] ?? 0)) length += 1;
    if (end === 0) return { length, meaning: 'tail' };
    const text = new TextDecoder('utf-8').decode(bytes.subarray(0, end));
    return {
      length,
      meaning: `text of ${text.length} characters`,
      full: `text ${JSON.stringify(text)}`,
      personal: [0, end],
    };
  };
  return { showsUnknown: false, host: () => null, device: look };
}

/** Anything else: bytes as they come. */
export function plainProtocol(): Protocol {
  const look: Protocol['device'] = (bytes) => ({ length: bytes.length, meaning: `${bytes.length} bytes` });
  return { showsUnknown: true, host: look, device: look };
}

import { seededRandom } from '../support/fake-clock.ts';

/** One thing that the monkey does. Places are parts of the glass, from 0 to 1. */
export type Deed =
  | { readonly kind: 'tap' | 'long'; readonly x: number; readonly y: number }
  /** A touch on the control with this number, counted round. */
  | { readonly kind: 'control'; readonly index: number }
  | {
      readonly kind: 'two' | 'swipe';
      readonly x: number;
      readonly y: number;
      readonly toX: number;
      readonly toY: number;
    }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'card'; readonly laid: boolean }
  | { readonly kind: 'scan' };

const KEYS = ['Tab', 'Enter', 'Escape', ' ', 'ArrowDown', 'F5', 'Backspace', 'a', '7', 'Control+r', 'Alt+ArrowLeft'];

/** Share of each kind, in hundredths; touches on controls and on bare glass are most of it. */
const SHARES: readonly (readonly [Deed['kind'], number])[] = [
  ['control', 52],
  ['tap', 35.6],
  ['swipe', 4],
  ['two', 3],
  ['key', 3],
  // It lasts as long as fifty others.
  ['long', 0.4],
  ['card', 1.5],
  ['scan', 0.5],
];

/** An endless row of deeds; the same seed gives the same row. */
export function* deeds(seed: number): Generator<Deed, never> {
  const random = seededRandom(seed);
  const part = (): number => Buffer.from(random.bytes(4)).readUInt32LE() / 0x1_0000_0000;
  for (;;) {
    let left = part() * 100;
    const [kind] = SHARES.find(([, share]) => (left -= share) < 0) ?? ['tap', 0];
    const [x, y, toX, toY] = [part(), part(), part(), part()];
    if (kind === 'control') yield { kind, index: Math.floor(x * 10_000) };
    else if (kind === 'key') yield { kind, key: KEYS[Math.floor(x * KEYS.length)] ?? 'Tab' };
    else if (kind === 'card') yield { kind, laid: x < 0.6 };
    else if (kind === 'scan') yield { kind };
    else if (kind === 'two' || kind === 'swipe') yield { kind, x, y, toX, toY };
    else yield { kind, x, y };
  }
}

import type { Language } from '../../electron/domain/text.ts';
import { sayOnce } from '../speech/say-once.ts';

/** Whoever walks about before the kiosk is greeted once in so long, in milliseconds. */
const AGAIN_AFTER_MS = 60_000;
let last = Number.NEGATIVE_INFINITY;

/**
 * Says the greeting aloud, in the words that stand on the screen. In the speech mode the voice reads the screen anyway, and
 * with captions alone nothing is spoken.
 */
export async function greet(words: string, language: Language): Promise<void> {
  const now = performance.now();
  if (now - last < AGAIN_AFTER_MS) return;
  last = now;
  await sayOnce(words, language);
}

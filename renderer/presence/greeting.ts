import type { Language } from '../../electron/domain/text.ts';
import { currentModes } from '../flow/modes.ts';
import { endNarrator, say, spoken, startNarrator } from '../speech/narrator.ts';

/** Whoever walks about before the kiosk is greeted once in so long, in milliseconds. */
const AGAIN_AFTER_MS = 60_000;
let last = Number.NEGATIVE_INFINITY;

/**
 * Says the greeting aloud, in the words that stand on the screen. In the speech mode the voice reads the screen anyway, and
 * with captions alone nothing is spoken.
 */
export async function greet(words: string, language: Language): Promise<void> {
  const { speech, captions } = currentModes();
  const now = performance.now();
  if (speech || captions || now - last < AGAIN_AFTER_MS) return;
  last = now;
  startNarrator(language === 'en' ? 'en' : 'zh', true);
  say({ words });
  await spoken();
  // Somebody may have begun the speech mode meanwhile: then the voice is theirs.
  const modes = currentModes();
  if (!modes.speech && !modes.captions) endNarrator();
}

import type { Language } from '../../electron/domain/text.ts';
import { currentModes } from '../flow/modes.ts';
import { endNarrator, say, spoken, startNarrator } from './narrator.ts';

/** Whether somebody's own voice or captions run: then nothing else may take them. */
function taken(): boolean {
  const { speech, captions } = currentModes();
  return speech || captions;
}

/** Says one thing aloud outside of the speech mode, at the usual loudness; false when the voice is somebody's. */
export async function sayOnce(words: string, language: Language): Promise<boolean> {
  if (taken()) return false;
  startNarrator(language === 'en' ? 'en' : 'zh', true);
  say({ words });
  await spoken();
  // Somebody may have begun the speech mode meanwhile: then the voice is theirs.
  if (!taken()) endNarrator();
  return true;
}

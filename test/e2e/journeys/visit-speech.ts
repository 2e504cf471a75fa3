import type { Language } from '../../../electron/domain/text.ts';
import {
  answerTimeoutByEar,
  beginByEar,
  callByEar,
  leaveByTimeout,
  pickUpByEar,
  progressByEar,
  type EarVisit,
} from '../by-ear.ts';
import { fillForm, layCard, openGuide, WORDS } from '../citizen.ts';
import { expect, type Journey } from '../journey.ts';
import { Listener } from '../listener.ts';

/**
 * A blind person collects by a typed code, rates, calls for help, asks after a case and answers the time-out: by ear and
 * pad alone. The case was filed by somebody who sees.
 */
function visitByEar(name: string, language: Language): Journey {
  return {
    name,
    async run(context) {
      const { kiosk, stack } = context;
      await openGuide(context, 'senior-card');
      await layCard(context, 'elder');
      await fillForm(context, 'senior-card', 'elder');
      await kiosk.tap('button', WORDS.submit['zh-CN']);
      await kiosk.see('heading', /已经办好了/);
      const number = (await kiosk.page.locator('.tracking-no').textContent()) ?? '';
      await kiosk.tap('button', WORDS.finish['zh-CN']);
      const visit: EarVisit = { context, ear: new Listener(kiosk), language };
      await beginByEar(visit);
      await pickUpByEar(visit);
      expect((await kiosk.page.locator('.speech-bar').count()) === 0, 'the next person begins without a voice');
      await beginByEar(visit);
      await callByEar(visit);
      await progressByEar(visit, number);
      await answerTimeoutByEar(visit);
      await leaveByTimeout(visit);
      const { pickups, ratings } = await stack.platform.holdings();
      expect(pickups.length === 1 && ratings.length === 1, 'what lay there was collected and rated once');
    },
  };
}

export const visitSpeech = visitByEar('visit-speech', 'zh-CN');
export const visitSpeechEnglish = visitByEar('visit-speech-en', 'en');

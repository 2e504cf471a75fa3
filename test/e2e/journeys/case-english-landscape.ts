import { fillForm, layCard, openGuide, WORDS } from '../citizen.ts';
import { expect, type Journey } from '../journey.ts';

/** A food licence in English on a landscape screen, the language changed and changed back in the middle. */
export const caseEnglishLandscape: Journey = {
  name: 'case-english-landscape',
  size: { width: 1920, height: 1080 },
  async run(context) {
    const { kiosk, stack, step } = context;
    await openGuide(context, 'food-business-licence', 'en');
    await layCard(context, 'lin', 'en');
    await fillForm(context, 'food-business-licence', 'lin', 'en');
    step('language changed and back');
    await kiosk.tap('button', '中文');
    await kiosk.see('heading', '请核对，没问题再提交');
    await kiosk.shot('review-zh');
    await kiosk.tap('button', 'English');
    await kiosk.tap('button', WORDS.submit.en);
    step('done');
    await kiosk.see('button', WORDS.rate.en);
    await kiosk.seeText(/receipt.*printed|printed/i);
    await kiosk.shot('done');
    const paper = (await stack.bench.receiptsPainted())[0]?.lines.join('\n') ?? '';
    expect(paper.includes('The platform has it'), 'the paper is English and says what is true');
    expect(
      (await stack.platform.holdings()).cases[0]?.payload?.values['credit-code'] === '91990001MA00000245',
      'what was typed arrived',
    );
    await kiosk.tap('button', WORDS.finish.en);
    await kiosk.see('button', WORDS.start);
  },
};

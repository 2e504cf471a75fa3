import { hearScreens, type HeardShot } from '../../by-ear/screens.ts';
import { SCREENS } from '../../../renderer/flow/types.ts';
import { expect, type Journey } from '../journey.ts';

/** Pages that lie over a screen. */
const OVERLAYS = ['help', 'accessibility', 'carry', 'timeout'];
/** Every screen, every kind of question, and pages that differ in what they offer. */
const CHINESE =
  /^(01-|02-|02f|03-|03b|04-|05-|06-|06b|06c|06e|06g|06h|06i|06p|06q|06r|07-|07b|08-|10-|10b|11|22|23-|23d|25|26|30-|33-|35-|36-|36c|40-|41-|42b|42c|42d)/;
const ENGLISH = /^(02-|03-|06c|06i|06p|08b|11|23-|35-)/;

function faultsOf(heard: readonly HeardShot[]): string[] {
  return heard.flatMap(({ scenario, language, faults }) => faults.map((fault) => `${scenario} ${language}: ${fault}`));
}

/** Every screen of the product, walked by the four-way pad alone in speech mode. */
export const screensByEar: Journey = {
  name: 'screens-by-ear',
  async run({ electron, step }) {
    if (electron === undefined) throw new Error('there is no Electron for the screens');
    step('Chinese');
    const chinese = await hearScreens(electron, ({ name }) => CHINESE.test(name), ['zh-CN']);
    step('English');
    const english = await hearScreens(electron, ({ name }) => ENGLISH.test(name), ['en']);
    const met = new Set(chinese.map(({ screen }) => screen));
    const unheard = [...SCREENS, ...OVERLAYS].filter((screen) => !met.has(screen));
    expect(unheard.length === 0, `every screen was walked (missing: ${unheard.join(', ')})`);
    const faults = faultsOf([...chinese, ...english]);
    expect(faults.length === 0, `nothing is only for eyes: ${faults.join('; ')}`);
  },
};

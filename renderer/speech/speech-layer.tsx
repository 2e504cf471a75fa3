import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useKiosk } from '../api/hooks.ts';
import { useHoldClock } from '../flow/context.tsx';
import { setModes, useModes } from '../flow/modes.ts';
import { useReachLine } from '../a11y/reach-line.ts';
import { shippedLanguage } from '../i18n/packs.ts';
import type { Listening } from './describe.ts';
import { endNarrator, startNarrator, useNarrator } from './narrator.ts';
import type { Pilot } from './pilot.ts';

const ARROWS = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']);

/**
 * What the modes need beside CSS: the voice and its pilot, captions, the reach line. A headset that is plugged in, or an
 * arrow of the assistive keypad on the attract screen, begins the speech mode, for who cannot see its switch.
 */
export function ModesLayer({ attract, maintenance }: { attract: boolean; maintenance: boolean }): null {
  const { t, i18n } = useTranslation('modes');
  const { snapshot } = useKiosk();
  const { speech, captions, reach } = useModes();
  const { speaking } = useNarrator();
  const ready = snapshot?.speech?.engine === 'ready';
  const headset = snapshot?.speech?.headset === 'in';
  useReachLine(reach, snapshot?.panel);
  // Somebody who listens is not away.
  useHoldClock(speech && speaking);

  const listening = useRef<Listening>({ say: (key) => key, headset: false });
  useEffect(() => {
    listening.current = { say: (key, values) => t(`spoken.${key}`, values ?? {}), headset, silent: !speech };
  });

  const voice = shippedLanguage(i18n.language) === 'en' ? 'en' : 'zh';
  useEffect(() => {
    if (!speech && !captions) return undefined;
    startNarrator(voice, speech);
    let pilot: Pilot | null = null;
    let over = false;
    // Fetched when the first person needs it.
    void import('./pilot.ts').then((module) => {
      if (over) return;
      pilot = new module.Pilot(() => listening.current, speech);
      pilot.start();
    });
    return () => {
      over = true;
      pilot?.stop();
    };
  }, [speech, captions, voice, i18n.language]);
  useEffect(() => {
    if (!speech && !captions) return undefined;
    return endNarrator;
  }, [speech, captions]);

  const wasIn = useRef(headset);
  useEffect(() => {
    // A technician who tries a headset out wants to see what it does.
    if (headset && !wasIn.current && ready && !maintenance) setModes({ speech: true });
    wasIn.current = headset;
  }, [headset, ready, maintenance]);

  useEffect(() => {
    if (speech || !ready || !attract) return undefined;
    const begin = (event: KeyboardEvent): void => {
      if (!ARROWS.has(event.key)) return;
      event.preventDefault();
      setModes({ speech: true });
    };
    window.addEventListener('keydown', begin);
    return () => window.removeEventListener('keydown', begin);
  }, [speech, ready, attract]);
  return null;
}

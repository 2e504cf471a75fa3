import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { SmallButton } from '../components/buttons.tsx';
import { Icon } from '../components/icon.tsx';
import { setModes, useModes } from '../flow/modes.ts';
import { changeVolume, repeat, stopSpeaking, useNarrator } from './narrator.ts';
import { VOLUME_STEPS } from './player.ts';

/** Loudness in five steps, with its buttons. */
export function Volume(): ReactElement {
  const { t } = useTranslation('modes');
  const { volume } = useNarrator();
  return (
    <div className="volume" role="group" aria-label={t('speech.volumeName', { step: volume })}>
      <button type="button" className="btn ghost sm" aria-label={t('speech.quieter')} onClick={() => changeVolume(-1)}>
        <Icon name="minus" />
      </button>
      <span className="volume-steps" aria-hidden="true">
        {Array.from({ length: VOLUME_STEPS }, (_, index) => (
          <i key={index} className={index < volume ? 'on' : ''} />
        ))}
      </span>
      <button type="button" className="btn ghost sm" aria-label={t('speech.louder')} onClick={() => changeVolume(1)}>
        <Icon name="plus" />
      </button>
    </div>
  );
}

/** Say it again, stop, loudness, off: at hand on every screen while the kiosk speaks. */
export function SpeechBar(): ReactElement | null {
  const { t } = useTranslation('modes');
  const { speech } = useModes();
  if (!speech) return null;
  return (
    <section className="speech-bar" aria-label={t('speech.bar')}>
      <SmallButton onPress={repeat}>{t('speech.repeat')}</SmallButton>
      <SmallButton onPress={stopSpeaking}>{t('speech.stop')}</SmallButton>
      <Volume />
      <SmallButton onPress={() => setModes({ speech: false })}>{t('speech.off')}</SmallButton>
    </section>
  );
}

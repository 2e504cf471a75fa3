import { useId, useSyncExternalStore, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Actions, Icon, MainButton, PageFrame, SecondButton, type IconName } from '../components/index.ts';
import { useFlow } from '../flow/context.tsx';
import { resetModes, setModes, useModes, type Modes } from '../flow/modes.ts';
import { hallExtras, locales, subscribeHallExtras, switchLocale } from '../i18n/packs.ts';

function SwitchRow(props: {
  icon: IconName;
  title: string;
  detail: string;
  on: boolean;
  /** Cannot be had now; the detail says why. */
  off?: boolean;
  onChange: () => void;
}): ReactElement {
  const { t } = useTranslation('ui');
  const note = useId();
  return (
    <li>
      <button
        type="button"
        className={`row ${props.off === true ? 'off' : ''}`}
        role="switch"
        aria-checked={props.on}
        aria-label={props.title}
        aria-describedby={note}
        aria-disabled={props.off}
        onClick={props.onChange}
      >
        <Icon name={props.icon} className="lead-ic" />
        <span className="main">
          <span className="t">{props.title}</span>
          <span className="d" id={note}>
            {props.detail}
          </span>
        </span>
        <span className={`switch ${props.on ? 'on' : ''}`} aria-hidden="true">
          <i />
          <em>{t(props.on ? 'accessibility.on' : 'accessibility.off')}</em>
        </span>
      </button>
    </li>
  );
}

/** Each mode joins any other; nothing typed is lost. What cannot be had now says why. */
export function AccessibilityPage(): ReactElement {
  const { t, i18n } = useTranslation('ui');
  const { send, snapshot } = useFlow();
  const modes = useModes();
  useSyncExternalStore(subscribeHallExtras, hallExtras);
  const close = (): void => send({ type: 'overlay', overlay: 'none' });
  const voice = snapshot.speech?.engine === 'ready';
  const headset = snapshot.speech?.headset === 'in';
  const flip = (mode: keyof Modes): void => setModes({ [mode]: !modes[mode] });
  return (
    <PageFrame
      screen="accessibility"
      wall={modes.elder ? 'low' : 'middle'}
      title={t('accessibility.title')}
      lead={t('accessibility.lead')}
      current="accessibility"
      onBack={close}
      paged
      actions={
        <Actions split="one-two">
          <SecondButton onPress={resetModes}>{t('accessibility.reset')}</SecondButton>
          <MainButton onPress={close}>{t('accessibility.close')}</MainButton>
        </Actions>
      }
    >
      <ul className="rows mode-rows">
        <SwitchRow
          icon="text-size"
          title={t('accessibility.elder')}
          detail={t('accessibility.elderNote')}
          on={modes.elder}
          onChange={() => flip('elder')}
        />
        <SwitchRow
          icon="contrast"
          title={t('accessibility.contrast')}
          detail={t('accessibility.contrastNote')}
          on={modes.contrast}
          onChange={() => flip('contrast')}
        />
        <SwitchRow
          icon="reach"
          title={t('modes:accessibility.reach')}
          detail={t('modes:accessibility.reachNote')}
          on={modes.reach}
          onChange={() => flip('reach')}
        />
        <SwitchRow
          icon="speech"
          title={t('modes:accessibility.speech')}
          detail={t(
            !voice
              ? 'modes:accessibility.speechMissing'
              : headset
                ? 'modes:accessibility.speechHeadset'
                : 'modes:accessibility.speechNote',
          )}
          on={modes.speech}
          {...(voice ? {} : { off: true })}
          onChange={() => (voice ? flip('speech') : undefined)}
        />
        <SwitchRow
          icon="captions"
          title={t('modes:accessibility.captions')}
          detail={t('modes:accessibility.captionsNote')}
          on={modes.captions}
          onChange={() => flip('captions')}
        />
      </ul>
      <div className="languages" role="group" aria-label={t('accessibility.language')}>
        <span className="languages-name">{t('accessibility.language')}</span>
        <div className="chips">
          {locales((language) => t(`languages.${language}`)).map(({ tag, name }) => (
            <button
              key={tag}
              type="button"
              lang={tag}
              className={tag === i18n.language ? 'chip on' : 'chip'}
              aria-pressed={tag === i18n.language}
              onClick={() => void switchLocale(tag)}
            >
              {name}
            </button>
          ))}
        </div>
      </div>
    </PageFrame>
  );
}

import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { LANGUAGES } from '../../electron/domain/text.ts';
import { Actions, Icon, MainButton, PageFrame, SecondButton, type IconName } from '../components/index.ts';
import { useFlow } from '../flow/context.tsx';
import { resetModes, setModes, useModes } from '../flow/modes.ts';

function SwitchRow(props: {
  icon: IconName;
  title: string;
  detail: string;
  on: boolean;
  onChange: () => void;
}): ReactElement {
  const { t } = useTranslation('ui');
  return (
    <li>
      <button
        type="button"
        className="row"
        role="switch"
        aria-checked={props.on}
        aria-label={props.title}
        onClick={props.onChange}
      >
        <Icon name={props.icon} className="lead-ic" />
        <span className="main">
          <span className="t">{props.title}</span>
          <span className="d">{props.detail}</span>
        </span>
        <span className={`switch ${props.on ? 'on' : ''}`} aria-hidden="true">
          <i />
          <em>{t(props.on ? 'accessibility.on' : 'accessibility.off')}</em>
        </span>
      </button>
    </li>
  );
}

/** Only what works today: size, contrast, language. Each joins any other; nothing typed is lost. */
export function AccessibilityPage(): ReactElement {
  const { t } = useTranslation('ui');
  const { send, language, setLanguage } = useFlow();
  const { elder, contrast } = useModes();
  const close = (): void => send({ type: 'overlay', overlay: 'none' });
  return (
    <PageFrame
      screen="accessibility"
      title={t('accessibility.title')}
      lead={t('accessibility.lead')}
      current="accessibility"
      onBack={close}
      actions={
        <Actions split="one-two">
          <SecondButton onPress={resetModes}>{t('accessibility.reset')}</SecondButton>
          <MainButton onPress={close}>{t('accessibility.close')}</MainButton>
        </Actions>
      }
    >
      <ul className="rows">
        <SwitchRow
          icon="text-size"
          title={t('accessibility.elder')}
          detail={t('accessibility.elderNote')}
          on={elder}
          onChange={() => setModes({ elder: !elder })}
        />
        <SwitchRow
          icon="contrast"
          title={t('accessibility.contrast')}
          detail={t('accessibility.contrastNote')}
          on={contrast}
          onChange={() => setModes({ contrast: !contrast })}
        />
      </ul>
      <div className="languages" role="group" aria-label={t('accessibility.language')}>
        <h2 className="h2">
          <Icon name="translate" />
          {t('accessibility.language')}
        </h2>
        <div className="chips">
          {LANGUAGES.map((one) => (
            <button
              key={one}
              type="button"
              lang={one}
              className={one === language ? 'chip on' : 'chip'}
              aria-pressed={one === language}
              onClick={() => setLanguage(one)}
            >
              {t(`languages.${one}`)}
            </button>
          ))}
        </div>
      </div>
    </PageFrame>
  );
}

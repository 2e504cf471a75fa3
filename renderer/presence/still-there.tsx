import type { MouseEvent, ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon, MainButton, Notice, PageFrame, Ring, ThirdButton } from '../components/index.ts';
import './presence.css';
import { useFlow } from '../flow/context.tsx';

/** Nobody stands before the kiosk: what the visit shows is covered until a touch, and kept. */
export function StillTherePage({ onBack }: { onBack: () => void }): ReactElement {
  const { t } = useTranslation('ui');
  const { endVisit } = useFlow();
  const touched = (event: MouseEvent): void => {
    if (!(event.target instanceof Element) || event.target.closest('button, .head, .dock') !== null) return;
    onBack();
  };
  return (
    <div className="touch-all" onClick={touched} role="presentation">
      <PageFrame
        screen="still-there"
        like="timeout"
        tone="night"
        titleOnCounter
        title={t('stillThere.title')}
        lead={t('stillThere.lead')}
        picture={
          <Ring size={640} part={1} tone="night">
            <Icon name="eye-off" className="in-ring still-eye" />
          </Ring>
        }
        visitBar={false}
        hotline
        actions={
          <div className="acts">
            <MainButton icon="hand-tap" className="tall" onPress={onBack}>
              {t('stillThere.back')}
            </MainButton>
            <ThirdButton icon="sign-out" onPress={() => endVisit('left')}>
              {t('visit.end')}
            </ThirdButton>
          </div>
        }
      >
        <Notice tone="plain" icon="eye-off" fact={t('stillThere.covered')} />
      </PageFrame>
    </div>
  );
}

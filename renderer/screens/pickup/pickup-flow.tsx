import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/index.ts';

const STEPS = ['code', 'open', 'close', 'receipt'] as const;
export type PickupStep = (typeof STEPS)[number];

/** The four steps of a pick-up. */
export function PickupFlow({ now }: { now: PickupStep }): ReactElement {
  const { t } = useTranslation('pickup');
  const at = STEPS.indexOf(now);
  return (
    <ol className="pickup-flow" aria-label={t('ui:steps.label')}>
      {STEPS.map((step, index) => (
        <li
          key={step}
          className={index < at ? 'done' : index === at ? 'now' : ''}
          aria-current={index === at ? 'step' : undefined}
        >
          <i>{index < at ? <Icon name="check" /> : index + 1}</i>
          <span>
            {t(`step.${step}`)}
            {index < at ? <span className="sr">{t('ui:steps.done')}</span> : null}
          </span>
        </li>
      ))}
    </ol>
  );
}

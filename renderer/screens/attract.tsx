import { useEffect, type MouseEvent, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { FunctionAvailability } from '../../electron/contract/dto.ts';
import { useEvent, useNow } from '../api/index.ts';
import { Icon, MoonGate, Notice, PageFrame, StateTag } from '../components/index.ts';
import type { ScreenProps } from '../flow/index.ts';
import { hourOf, sinceText } from '../i18n/format.ts';
import { problemText } from '../i18n/index.ts';
import { TakeCardPage } from './take-card.tsx';

/** What works now, in one list; what does not says why and since when. */
function Truth({
  functions,
  language,
}: { functions: readonly FunctionAvailability[] } & Pick<ScreenProps, 'language'>): ReactElement {
  const { t } = useTranslation('ui');
  const now = useNow(60_000);
  return (
    <ul className="truth" aria-label={t('attract.truth')}>
      {functions.map(({ id, state, reason, since }) => {
        const name = t(`functions.${id}.title`);
        if (state === 'open') {
          return (
            <li key={id}>
              <StateTag tone="ok">{name}</StateTag>
            </li>
          );
        }
        return (
          <li key={id} className="no">
            <StateTag tone="wait">{t(state === 'limited' ? 'attract.limited' : 'attract.notNow', { name })}</StateTag>
            {reason === null ? null : (
              <span className="note">
                {since === null
                  ? problemText(t, reason).title
                  : t('attract.why', { reason: problemText(t, reason).title, since: sinceText(since, now, language) })}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Between two visits: the gate, and what works at this very moment. */
export function AttractScreen({ snapshot, send, language }: ScreenProps): ReactElement {
  const { t } = useTranslation('ui');
  const { cardLeft } = snapshot;
  const hour = hourOf(useNow(20_000));
  const whole = snapshot.functions.every((one) => one.state !== 'not-now');
  // What a measurement of the start looks for: from here on a touch begins a visit.
  useEffect(() => {
    requestAnimationFrame(() => performance.mark('attract-drawn'));
  }, []);
  // Whoever lays a card down wants something, as one who touches the screen.
  useEvent('card-changed', ({ visitId, change }) => {
    if (visitId === null && change === 'laid') send({ type: 'start' });
  });
  // The whole screen starts a visit, but for its buttons and the head with the technician's hidden entry.
  const touched = (event: MouseEvent): void => {
    if (!(event.target instanceof Element) || event.target.closest('button, .head, .dock') !== null) return;
    send({ type: 'start' });
  };
  if (cardLeft?.state === 'take') return <TakeCardPage left={cardLeft} snapshot={snapshot} />;
  return (
    <div className="touch-all" onClick={touched} role="presentation">
      <PageFrame
        screen="attract"
        tone="night"
        title={t(hour >= 19 || hour < 7 ? 'attract.night' : 'attract.day')}
        titleOnCounter
        picture={<MoonGate width={900} hour={hour} tone="night" />}
        lead={whole ? t('attract.lead') : t('attract.leadTrouble', { phone: snapshot.dutyPhone })}
        actions={
          <div className="acts">
            <button type="button" className="btn main touchme" onClick={() => send({ type: 'start' })}>
              <Icon name="hand-tap" />
              <span>{t('attract.start')}</span>
              <span className="en" lang={language === 'en' ? 'zh-CN' : 'en'}>
                {t('attract.startOther')}
              </span>
            </button>
            <p className="note promise">{t('attract.promise')}</p>
          </div>
        }
      >
        {cardLeft === undefined ? null : (
          <div className="attract-left">
            <Notice
              tone="wait"
              icon="id-card"
              live
              fact={t('takeCard.left')}
              todo={t('takeCard.leftNote', { phone: snapshot.dutyPhone })}
            />
          </div>
        )}
        <Truth functions={snapshot.functions} language={language} />
      </PageFrame>
    </div>
  );
}

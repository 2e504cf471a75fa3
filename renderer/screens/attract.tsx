import { useEffect, useRef, useState, type MouseEvent, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { FunctionAvailability } from '../../electron/contract/dto.ts';
import { useEvent, useNow } from '../api/index.ts';
import { Icon, MoonGate, Notice, PageFrame, Phrases, StateTag } from '../components/index.ts';
import type { ScreenProps } from '../flow/index.ts';
import { hourOf, sinceText } from '../i18n/format.ts';
import { problemText } from '../i18n/index.ts';
import { useMood } from '../presence/use-presence.ts';
import { playChime } from '../sounds/use-chimes.ts';
import type { TakeCardPage } from './take-card.tsx';
import { useHinderedItems } from './use-items.ts';
import './attract.css';

/** What works now, in one list; what does not says why and since when. */
function Truth({ snapshot, language }: Pick<ScreenProps, 'snapshot' | 'language'>): ReactElement {
  const { t } = useTranslation('ui');
  const now = useNow(60_000);
  const hindered = useHinderedItems(snapshot);
  const whyOf = ({ reason, since }: FunctionAvailability): string | null => {
    if (reason === null) return null;
    const { title } = problemText(t, reason);
    return since === null ? title : t('attract.why', { reason: title, since: sinceText(since, now, language) });
  };
  return (
    <ul className="truth" aria-label={t('attract.truth')}>
      {snapshot.functions.map((one) => {
        const { id } = one;
        const name = t(`functions.${id}.title`);
        const noPapers = id === 'apply' && one.state === 'open' && hindered > 0;
        if (one.state === 'open' && !noPapers) {
          return (
            <li key={id}>
              <StateTag tone="ok">{name}</StateTag>
            </li>
          );
        }
        const why = noPapers ? t('functions.apply.noPapers', { count: hindered }) : whyOf(one);
        return (
          <li key={id} className="no">
            <StateTag tone="wait">
              {t(one.state === 'not-now' ? 'attract.notNow' : 'attract.limited', { name })}
            </StateTag>
            {why === null ? null : <span className="note">{why}</span>}
          </li>
        );
      })}
    </ul>
  );
}

/** The page for a card that was left: fetched once the first screen stands, drawn as soon as it is wanted. */
function useTakeCardPage(): typeof TakeCardPage | null {
  const [page, setPage] = useState<typeof TakeCardPage | null>(null);
  useEffect(() => {
    let gone = false;
    void import('./take-card.tsx').then((loaded) => {
      if (!gone) setPage(() => loaded.TakeCardPage);
    });
    return () => {
      gone = true;
    };
  }, []);
  return page;
}

/** Between two visits: the gate, and what works at this very moment. */
export function AttractScreen({ snapshot, send, language }: ScreenProps): ReactElement {
  const { t } = useTranslation('ui');
  const { cardLeft } = snapshot;
  const TakeCard = useTakeCardPage();
  const hour = hourOf(useNow(20_000));
  const mood = useMood(snapshot.presence);
  const awake = mood === 'awake';
  const greets = snapshot.presence?.greeting === 'spoken' && snapshot.speech?.engine === 'ready';
  const words = `${t('attract.hello')} ${t('attract.helloLead')}`;
  const greeting = useRef(words);
  useEffect(() => {
    greeting.current = words;
  });
  // A page that is made ready in the background is silent.
  const [shown, setShown] = useState(() => 'shown' in document.documentElement.dataset);
  useEvent('page-shown', () => setShown(true));
  const greeted = shown && awake && greets;
  useEffect(() => {
    if (greeted) void import('../presence/greeting.ts').then(({ greet }) => greet(greeting.current, language));
  }, [greeted, language]);
  // A card is left on the reader: its holder is about to walk away.
  const calls = shown && cardLeft?.state === 'take';
  const { sounds } = snapshot;
  useEffect(() => {
    if (calls) playChime('attention', sounds);
    // Once, however loud it may be meanwhile.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [calls]);
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
  if (cardLeft?.state === 'take' && TakeCard !== null) return <TakeCard left={cardLeft} snapshot={snapshot} />;
  return (
    <div
      className="touch-all"
      data-mood={snapshot.presence === undefined ? undefined : mood}
      onClick={touched}
      role="presentation"
    >
      <PageFrame
        screen="attract"
        tone="night"
        title={t(awake ? 'attract.hello' : hour >= 19 || hour < 7 ? 'attract.night' : 'attract.day')}
        titleOnCounter
        picture={<MoonGate width={900} hour={hour} tone="night" />}
        lead={
          whole
            ? t(awake ? 'attract.helloLead' : 'attract.lead')
            : t('attract.leadTrouble', { phone: snapshot.dutyPhone })
        }
        actions={
          <div className="acts">
            <button type="button" className="btn main touchme" onClick={() => send({ type: 'start' })}>
              <Icon name="hand-tap" />
              <span>{t('attract.start')}</span>
              <span className="en" lang={language === 'en' ? 'zh-CN' : 'en'}>
                {t('attract.startOther')}
              </span>
            </button>
            <p className="note promise">
              <Phrases>{t('attract.promise')}</Phrases>
            </p>
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
        <Truth snapshot={snapshot} language={language} />
      </PageFrame>
    </div>
  );
}

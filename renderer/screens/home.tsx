import { useMemo, type ReactElement } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { FunctionAvailability } from '../../electron/contract/dto.ts';
import type { ItemSummary } from '../../electron/domain/item-pack.ts';
import { useNow } from '../api/index.ts';
import { Icon, MoonGate, PageFrame, Row, Rows, StateTag, Tile } from '../components/index.ts';
import { useLandscape, useModes } from '../flow/modes.ts';
import type { ScreenProps } from '../flow/index.ts';
import { papersHindered, papersStep } from '../flow/papers.ts';
import { hourOf, sinceText } from '../i18n/format.ts';
import { problemText } from '../i18n/index.ts';
import { FUNCTIONS } from './functions.ts';
import { useItems } from './use-items.ts';
import './home.css';

/** How many ways into the list stand on the page at most. */
const SHORTCUTS = 8;

/** Life events of the catalogue, those with the most items first; as many as have room. */
function eventsOf(items: readonly ItemSummary[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { lifeEvents } of items) for (const event of lifeEvents) counts.set(event, (counts.get(event) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, SHORTCUTS)
    .map(([event]) => event);
}

/** What can be done here; the order never changes, truth comes first. */
export function HomeScreen({ snapshot, send, language }: ScreenProps): ReactElement {
  const { t } = useTranslation('ui');
  const now = useNow(30_000);
  const items = useItems();
  const { elder, reach, speech, captions } = useModes();
  const landscape = useLandscape();
  // Items whose papers must be photographed here, and cannot be now.
  const closed = useMemo(
    () => (items ?? []).filter((item) => papersStep(item, snapshot) === 'closed').length,
    [items, snapshot],
  );
  const roomy = !elder && !landscape && !reach && !speech && !captions;
  const events = useMemo(() => (roomy ? eventsOf(items ?? []) : []), [roomy, items]);
  const hindered = closed > 0 && papersHindered(snapshot);
  const stateOf = (one: FunctionAvailability): FunctionAvailability['state'] =>
    one.id === 'apply' && one.state === 'open' && hindered ? 'limited' : one.state;
  const open = (one: FunctionAvailability): void => {
    if (one.state === 'not-now' && one.reason !== null) send({ type: 'problem', problem: one.reason, retry: null });
    else send({ type: 'go', screen: FUNCTIONS[one.id].screen });
  };
  const tag = (one: FunctionAvailability): ReactElement => (
    <StateTag tone={stateOf(one) === 'open' ? 'ok' : 'wait'}>{t(`state.${stateOf(one)}`)}</StateTag>
  );
  const detail = (one: FunctionAvailability): string => {
    if (one.state !== 'open' && one.reason !== null) {
      const params = {
        reason: problemText(t, one.reason).title,
        since: one.since === null ? '' : sinceText(one.since, now, language),
      };
      if (one.since === null) return params.reason;
      return t(one.state === 'limited' ? `functions.${one.id}.limited` : 'home.since', params);
    }
    if (one.id === 'apply' && items !== null) {
      if (hindered) return t('functions.apply.noPapers', { count: closed });
      const count = items.length;
      return closed > 0 ? t('functions.apply.countWindow', { count, closed }) : t('functions.apply.count', { count });
    }
    return t(`functions.${one.id}.detail`);
  };
  // The nearest place that can do it, where the hall named one; else whom to ask.
  const instead = (one: FunctionAvailability): { readonly instead: string } | Record<string, never> => {
    if (one.state !== 'not-now') return {};
    return { instead: snapshot.nearby?.[one.id]?.[language] ?? t('home.told', { phone: snapshot.dutyPhone }) };
  };
  const tiles = elder ? [] : snapshot.functions.slice(0, 2);
  const rows = elder ? snapshot.functions : snapshot.functions.slice(2);
  return (
    <PageFrame
      screen="home"
      wall={elder ? 'middle' : 'full'}
      title={<Trans t={t} i18nKey={elder ? 'home.titleElder' : 'home.title'} components={{ br: <br /> }} />}
      lead={t(elder ? 'home.leadElder' : 'home.lead')}
      picture={<MoonGate width={elder && !landscape ? 340 : 420} hour={hourOf(now)} tone="day" />}
    >
      <button type="button" className="searchbar" onClick={() => send({ type: 'go', screen: 'find', typing: true })}>
        <Icon name="search" />
        <span>{t('home.search')}</span>
      </button>
      {tiles.length === 0 ? null : (
        <div className="tiles">
          {tiles.map((one, index) => (
            <Tile
              key={one.id}
              icon={FUNCTIONS[one.id].icon}
              title={t(`functions.${one.id}.title`)}
              detail={detail(one)}
              {...instead(one)}
              state={tag(one)}
              look={one.state === 'not-now' ? 'off' : index === 0 ? 'solid' : 'tint'}
              onPress={() => open(one)}
            />
          ))}
        </div>
      )}
      <Rows className={elder ? 'big' : ''}>
        {rows.map((one) => (
          <Row
            key={one.id}
            icon={FUNCTIONS[one.id].icon}
            title={t(`functions.${one.id}.title`)}
            detail={detail(one)}
            {...instead(one)}
            state={tag(one)}
            off={one.state === 'not-now'}
            onPress={() => open(one)}
          />
        ))}
        {snapshot.scanner === 'none' ? null : (
          <Row
            icon="qr"
            title={t('modes:resume.entry')}
            detail={t('modes:resume.entryNote')}
            onPress={() => send({ type: 'go', screen: 'resume' })}
          />
        )}
      </Rows>
      {events.length === 0 ? null : (
        <section className="shortcuts" aria-label={t('find.events')}>
          <h2 className="note">{t('find.events')}</h2>
          <div className="shortcut-chips">
            {events.map((event) => (
              <button
                key={event}
                type="button"
                className="chip"
                onClick={() => send({ type: 'go', screen: 'find', lifeEvent: event })}
              >
                {t(`lifeEvents.${event}`, { defaultValue: event })}
              </button>
            ))}
          </div>
        </section>
      )}
    </PageFrame>
  );
}

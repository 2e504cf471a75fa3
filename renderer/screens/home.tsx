import { useEffect, useState, type ReactElement } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { FunctionAvailability, FunctionId } from '../../electron/contract/dto.ts';
import { call, useNow } from '../api/index.ts';
import { Icon, MoonGate, PageFrame, Row, Rows, StateTag, Tile, type IconName } from '../components/index.ts';
import { useLandscape, useModes } from '../flow/modes.ts';
import type { ScreenId, ScreenProps } from '../flow/index.ts';
import { hourOf, sinceText } from '../i18n/format.ts';
import { problemText } from '../i18n/index.ts';
import './home.css';

const LEADS_TO: Readonly<Record<FunctionId, ScreenId>> = {
  apply: 'find',
  collect: 'pickup-code',
  progress: 'progress',
};
const ICON: Readonly<Record<FunctionId, IconName>> = { apply: 'files', collect: 'stamp', progress: 'list-search' };

/** Number of items in the catalogue; null until known. */
function useItemCount(): number | null {
  const [count, setCount] = useState<number | null>(null);
  useEffect(() => {
    let gone = false;
    void call('catalogue.list', {}).then((answer) => {
      if (!gone && answer.ok) setCount(answer.value.items.length);
    });
    return () => {
      gone = true;
    };
  }, []);
  return count;
}

/** What can be done here; the order never changes, truth comes first. */
export function HomeScreen({ snapshot, send, language }: ScreenProps): ReactElement {
  const { t } = useTranslation('ui');
  const now = useNow(30_000);
  const count = useItemCount();
  const { elder } = useModes();
  const landscape = useLandscape();
  const open = (one: FunctionAvailability): void => {
    if (one.state === 'not-now' && one.reason !== null) send({ type: 'problem', problem: one.reason, retry: null });
    else send({ type: 'go', screen: LEADS_TO[one.id] });
  };
  const tag = (one: FunctionAvailability): ReactElement => (
    <StateTag tone={one.state === 'open' ? 'ok' : 'wait'}>{t(`state.${one.state}`)}</StateTag>
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
    if (one.id === 'apply' && count !== null) return t('functions.apply.count', { count });
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
              icon={ICON[one.id]}
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
            icon={ICON[one.id]}
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
    </PageFrame>
  );
}

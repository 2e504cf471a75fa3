import { useCallback, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ItemPack, ItemSummary } from '../../../electron/domain/item-pack.ts';
import { searchItems, type SearchHit } from '../../../electron/domain/search.ts';
import { useCall } from '../../api/index.ts';
import { Field, Notice, PageFrame, Row, Rows, Scroll, StateTag, Waiting } from '../../components/index.ts';
import type { ScreenProps } from '../../flow/index.ts';
import { problemText } from '../../i18n/index.ts';
import { Keyboard, useTyping, withoutLast } from '../../ime/index.ts';
import { useCatalogue } from './use-catalogue.ts';
import { wantedQuery } from './wanted-query.ts';

/** A name with what matched in bold. */
function Marked({ text, hit }: { text: string; hit: SearchHit }): ReactElement {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [from, to] of hit.matched) {
    parts.push(text.slice(at, from), <mark key={from}>{text.slice(from, to)}</mark>);
    at = to;
  }
  parts.push(text.slice(at));
  return <>{parts}</>;
}

const APPLICANTS = ['all', 'person', 'enterprise'] as const;

/** Life events and departments that occur, for browsing; at most a line of them. */
function eventsOf(items: readonly ItemSummary[]): readonly string[] {
  return [...new Set(items.flatMap((item) => item.lifeEvents))];
}

/** Every item, narrowed down with every key. */
export function FindScreen({ state, send, snapshot, language }: ScreenProps): ReactElement {
  const { t } = useTranslation('ui');
  const catalogue = useCatalogue();
  const fetching = useCall('catalogue.item');
  const [query, setQuery] = useState('');
  const [who, setWho] = useState<(typeof APPLICANTS)[number]>('all');
  const [event, setEvent] = useState<string | null>(null);
  const [keyboard, setKeyboard] = useState(state.typing);
  const insert = useCallback((text: string) => setQuery((old) => (old + text).slice(0, 40)), []);
  const erase = useCallback(() => setQuery(withoutLast), []);
  const typing = useTyping(language === 'en' ? 'latin' : 'pinyin', insert, erase);

  const items = catalogue.items;
  const { pending } = typing.typing;
  const wanted = useMemo(() => wantedQuery(items, query, pending, language), [items, query, pending, language]);
  const hits = useMemo(() => {
    const found = searchItems(items, wanted, language);
    return found.filter(
      ({ item }) => (who === 'all' || item.applicant === who) && (event === null || item.lifeEvents.includes(event)),
    );
  }, [items, wanted, language, who, event]);
  const openTag = snapshot.functions.find((one) => one.id === 'apply');

  const choose = async (itemId: string): Promise<void> => {
    if (fetching.busy) return;
    const answer = await fetching.run({ itemId });
    // The pack was checked against its schema when the main process loaded it.
    if (answer?.ok === true) send({ type: 'item-chosen', item: answer.value.item as ItemPack });
  };
  const clear = (): void => {
    typing.act({ type: 'drop' });
    setQuery('');
  };

  return (
    <PageFrame
      screen="find"
      wall="low"
      title={t('find.title')}
      lead={t('find.lead')}
      keyboard={keyboard ? <Keyboard handle={typing} onClose={() => setKeyboard(false)} /> : undefined}
    >
      <div className="find-field" onClick={() => setKeyboard(true)} role="presentation">
        <Field
          label={t('find.field')}
          value={query}
          composing={typing.composing}
          placeholder={t('find.placeholder')}
          state={keyboard ? 'typing' : 'empty'}
          asleep={!keyboard}
          icon="search"
          onClear={clear}
        />
        {keyboard ? null : (
          <button type="button" className="btn line sm" onClick={() => setKeyboard(true)}>
            <span className="btn-words">{t('find.showKeyboard')}</span>
          </button>
        )}
      </div>
      <div className="find-line">
        <p className="note" role="status">
          <b>{t(wanted === '' ? 'find.total' : 'find.found', { count: hits.length })}</b>
          {wanted !== '' && hits.length > 1 ? t('find.best') : null}
        </p>
        <div className="chips" role="group" aria-label={t('find.filter')}>
          {APPLICANTS.map((one) => (
            <button
              key={one}
              type="button"
              className={one === who ? 'chip on' : 'chip'}
              aria-pressed={one === who}
              onClick={() => setWho(one)}
            >
              {t(`find.${one}`)}
            </button>
          ))}
        </div>
      </div>
      {keyboard ? null : (
        <div className="chips chips-wrap" role="group" aria-label={t('find.events')}>
          {eventsOf(items).map((one) => (
            <button
              key={one}
              type="button"
              className={one === event ? 'chip on' : 'chip'}
              aria-pressed={one === event}
              onClick={() => setEvent(one === event ? null : one)}
            >
              {t(`lifeEvents.${one}`, { defaultValue: one })}
            </button>
          ))}
        </div>
      )}
      {catalogue.busy ? <Waiting words={t('find.loading')} /> : null}
      {catalogue.problem === null && fetching.problem === null ? null : (
        <Notice
          tone="err"
          live
          fact={problemText(t, catalogue.problem ?? fetching.problem ?? { code: 'K105-internal', params: {} }).title}
          todo={t('problem.call', { phone: snapshot.dutyPhone })}
        />
      )}
      {!catalogue.busy && items.length > 0 && hits.length === 0 ? (
        <Notice
          tone="plain"
          icon="search"
          live
          fact={t('find.none', { query: wanted })}
          todo={t('find.noneHelp', { hotline: snapshot.hotline })}
        />
      ) : null}
      <Scroll label={t('find.results')}>
        <Rows className="res" label={t('find.results')}>
          {hits.map((hit) => (
            <Row
              key={hit.item.id}
              title={<Marked text={hit.item.name[language]} hit={hit} />}
              detail={
                <>
                  {t(`find.${hit.item.applicant}`)}
                  <i className="dot" />
                  {hit.item.department[language]}
                  <i className="dot" />
                  {t(`find.decision.${hit.item.decision}`)}
                </>
              }
              state={
                openTag?.state === 'not-now' ? (
                  <StateTag tone="wait">{t('state.not-now')}</StateTag>
                ) : (
                  <StateTag tone="ok">{t('state.open')}</StateTag>
                )
              }
              onPress={() => void choose(hit.item.id)}
            />
          ))}
        </Rows>
      </Scroll>
      {fetching.busy ? (
        <p className="sr" role="status">
          {t('find.opening')}
        </p>
      ) : null}
    </PageFrame>
  );
}

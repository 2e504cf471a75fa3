import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { ItemPack } from '../../../electron/domain/item-pack.ts';
import { useCall } from '../../api/index.ts';
import { Field, Notice, PageFrame, Waiting } from '../../components/index.ts';
import type { ScreenProps } from '../../flow/index.ts';
import { useModes } from '../../flow/modes.ts';
import { problemText } from '../../i18n/index.ts';
import { Keyboard, useTyping, withoutLast } from '../../ime/index.ts';
import { Results } from './results.tsx';
import { triesFor } from './tries.ts';
import { useOutline, useSearch } from './use-search.ts';
import './find.css';

const APPLICANTS = ['all', 'person', 'enterprise'] as const;

const WAYS = ['event', 'department'] as const;
/** Rows shown at first, while typing and without keys, and how many more each time. */
const ROWS = { typing: 12, browsing: 24, more: 24 } as const;

/** Every item, narrowed down with every key. */
export function FindScreen({ state, send, snapshot, language }: ScreenProps): ReactElement {
  const { t } = useTranslation('ui');
  const outline = useOutline();
  // Few choices in large type: the places in life only, and none beside the keys.
  const { elder, reach, speech, captions } = useModes();
  const fetching = useCall('catalogue.item');
  const [query, setQuery] = useState('');
  const [who, setWho] = useState<(typeof APPLICANTS)[number]>('all');
  const [way, setWay] = useState<(typeof WAYS)[number]>('event');
  const [event, setEvent] = useState(state.lifeEvent);
  const [department, setDepartment] = useState<string | null>(null);
  const [keyboard, setKeyboard] = useState(state.typing);
  const [more, setMore] = useState(0);
  const insert = useCallback((text: string) => setQuery((old) => (old + text).slice(0, 40)), []);
  const erase = useCallback(() => setQuery(withoutLast), []);
  const typing = useTyping(language === 'en' ? 'latin' : 'pinyin', insert, erase);

  const { pending, mode } = typing.typing;
  const tries = triesFor(query, mode, pending);
  const wanted = tries[0] ?? '';
  const narrowed = `${wanted}/${who}/${String(event)}/${String(department)}`;
  const limit = Math.min(600, (keyboard ? ROWS.typing : ROWS.browsing) + more);
  // A new question begins at the top.
  const [asked, setAsked] = useState(narrowed);
  if (asked !== narrowed) {
    setAsked(narrowed);
    setMore(0);
  }
  const found = useSearch({
    tries: [...tries],
    language,
    applicant: who === 'all' ? null : who,
    lifeEvent: event,
    department,
    from: 0,
    limit,
  });
  const { hits, total } = found;

  const choose = async (itemId: string): Promise<void> => {
    if (fetching.busy) return;
    const answer = await fetching.run({ itemId });
    // The pack was checked against its schema when the main process loaded it.
    if (answer?.ok === true) send({ type: 'item-chosen', item: answer.value.item as ItemPack });
  };
  const newest = useRef(choose);
  useEffect(() => {
    newest.current = choose;
  });
  const onChoose = useCallback((itemId: string) => void newest.current(itemId), []);
  const onMore = useCallback(() => setMore((old) => old + ROWS.more), []);
  const close = useCallback(() => setKeyboard(false), []);
  const clear = (): void => {
    typing.act({ type: 'drop' });
    setQuery('');
  };

  const browsing = !keyboard && outline !== null;
  // Few choices in large type: the other way is offered only to leave it.
  const ways = browsing && (!elder || way !== 'event');
  const count = (
    <p className="note find-count" role="status" aria-busy={found.stale}>
      <b>{t(wanted === '' ? 'find.total' : 'find.found', { count: total })}</b>
      {wanted !== '' && total > 1 ? t('find.best') : null}
    </p>
  );

  return (
    <PageFrame
      screen="find"
      wall="low"
      title={t('find.title')}
      lead={t('find:lead')}
      keyboard={keyboard ? <Keyboard handle={typing} onClose={close} /> : undefined}
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
          <button type="button" className="btn line sm" data-turn="open" onClick={() => setKeyboard(true)}>
            <span className="btn-words">{t('find.showKeyboard')}</span>
          </button>
        )}
      </div>
      <div className="find-line">
        {ways ? (
          <div className="chips" role="group" aria-label={t('find:way')}>
            {WAYS.map((one) => (
              <button
                key={one}
                type="button"
                className={one === way ? 'chip on' : 'chip'}
                aria-pressed={one === way}
                onClick={() => {
                  setWay(one);
                  setEvent(null);
                  setDepartment(null);
                }}
              >
                {t(`find:by.${one}`)}
              </button>
            ))}
          </div>
        ) : (
          count
        )}
        {elder && who === 'all' ? null : (
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
        )}
      </div>
      {!browsing ? null : (
        <>
          {way === 'event' ? (
            <div className="chips chips-wrap" role="group" aria-label={t('find.events')}>
              {outline.lifeEvents.map(({ id }) => (
                <button
                  key={id}
                  type="button"
                  className={id === event ? 'chip on' : 'chip'}
                  aria-pressed={id === event}
                  onClick={() => setEvent(id === event ? null : id)}
                >
                  {t(`lifeEvents.${id}`, { defaultValue: id })}
                </button>
              ))}
            </div>
          ) : (
            <div className="chips chips-wrap" role="group" aria-label={t('find:departments')}>
              {outline.departments.map(({ name }) => (
                <button
                  key={name['zh-CN']}
                  type="button"
                  className={name['zh-CN'] === department ? 'chip on' : 'chip'}
                  aria-pressed={name['zh-CN'] === department}
                  onClick={() => setDepartment(name['zh-CN'] === department ? null : name['zh-CN'])}
                >
                  {name[language]}
                </button>
              ))}
            </div>
          )}
          {ways ? count : null}
        </>
      )}
      {found.busy ? <Waiting words={t('find.loading')} /> : null}
      {found.problem === null && fetching.problem === null ? null : (
        <Notice
          tone="err"
          live
          fact={problemText(t, found.problem ?? fetching.problem ?? { code: 'K105-internal', params: {} }).title}
          todo={t('problem.call', { phone: snapshot.dutyPhone })}
        />
      )}
      {!found.busy && found.problem === null && total === 0 ? (
        <Notice
          tone="plain"
          icon="search"
          live
          fact={t('find.none', { query: wanted })}
          todo={t('find.noneHelp', { hotline: snapshot.hotline })}
        />
      ) : null}
      <Results
        hits={hits}
        more={limit < 600 ? Math.min(ROWS.more, total - hits.length) : 0}
        onMore={onMore}
        onChoose={onChoose}
        snapshot={snapshot}
        language={language}
        typing={keyboard && !(elder || reach || speech || captions)}
      />
      {fetching.busy ? (
        <p className="sr" role="status">
          {t('find.opening')}
        </p>
      ) : null}
    </PageFrame>
  );
}

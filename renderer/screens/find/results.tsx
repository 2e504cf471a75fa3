import { memo, useEffect, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { KioskSnapshot } from '../../../electron/contract/dto.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { ButtonWords, Row, Rows, Scroll, StateTag } from '../../components/index.ts';
import { papersStep } from '../../flow/papers.ts';
import type { Hit } from './use-search.ts';

/** A name with what matched in bold. */
function Marked({ text, hit }: { text: string; hit: Hit }): ReactElement {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [from, to] of hit.matched) {
    parts.push(text.slice(at, from), <mark key={from}>{text.slice(from, to)}</mark>);
    at = to;
  }
  parts.push(text.slice(at));
  return <>{parts}</>;
}

/** Rows drawn at once while somebody types: more than show over the keys. */
const AT_ONCE = 5;
/** The others are drawn when no key came for so long, in milliseconds. */
const PAUSE_MS = 120;

/** How many rows are drawn: the first ones at once, all of them in the pause after a key. */
function useRowsNow(hits: readonly Hit[], typing: boolean): number {
  const [whole, setWhole] = useState<readonly Hit[] | null>(null);
  const later = typing && hits !== whole && hits.length > AT_ONCE;
  useEffect(() => {
    if (!later) return undefined;
    const pause = setTimeout(() => setWhole(hits), PAUSE_MS);
    return () => clearTimeout(pause);
  }, [later, hits]);
  return later ? AT_ONCE : hits.length;
}

/** The same words stand in every row: each is looked up once. */
function remembered(t: (key: string) => string): (key: string) => string {
  const known = new Map<string, string>();
  return (key) => {
    const word = known.get(key) ?? t(key);
    known.set(key, word);
    return word;
  };
}

interface ResultsProps {
  readonly hits: readonly Hit[];
  /** How many more the button at the foot shows; 0 without one. */
  readonly more: number;
  readonly onMore: () => void;
  readonly onChoose: (itemId: string) => void;
  readonly snapshot: KioskSnapshot;
  readonly language: Language;
  /** Keys are pressed: what stands below the visible rows can wait for a pause. */
  readonly typing: boolean;
}

/** What was found. Drawn anew with an answer, not with the key that asks. */
export const Results = memo(function ResultList(props: ResultsProps): ReactElement {
  const { t } = useTranslation('ui');
  const { hits, more, onMore, onChoose, snapshot, language, typing } = props;
  const count = useRowsNow(hits, typing);
  const closed = snapshot.functions.find((one) => one.id === 'apply')?.state === 'not-now';
  const word = useMemo(() => remembered(t), [t]);
  return (
    <Scroll label={t('find.results')}>
      <Rows className="res" label={t('find.results')}>
        {hits.slice(0, count).map((hit) => (
          <Row
            key={hit.item.id}
            title={<Marked text={hit.item.name[language]} hit={hit} />}
            detail={
              <>
                <span className="keep">
                  {word(`find.${hit.item.applicant}`)}
                  <i className="dot" />
                </span>
                <span className="keep">
                  {hit.item.department[language]}
                  <i className="dot" />
                </span>
                <span className="keep">{word(`find.decision.${hit.item.decision}`)}</span>
              </>
            }
            state={
              closed || papersStep(hit.item, snapshot) === 'closed' ? (
                <StateTag tone="wait">{word('state.not-now')}</StateTag>
              ) : (
                <StateTag tone="ok">{word('state.open')}</StateTag>
              )
            }
            onPress={() => onChoose(hit.item.id)}
          />
        ))}
      </Rows>
      {more > 0 && count === hits.length ? (
        <button type="button" className="btn line sm more-rows" onClick={onMore}>
          <span className="btn-words">
            <ButtonWords>{t('find:more', { count: more })}</ButtonWords>
          </span>
        </button>
      ) : null}
    </Scroll>
  );
});

import { useCallback, useContext, useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../../electron/contract/problems.ts';
import type { RatingLevel } from '../../../electron/domain/rating.ts';
import { call, useEvent } from '../../api/index.ts';
import {
  Actions,
  Icon,
  MainButton,
  Notice,
  PageFrame,
  Ring,
  SecondButton,
  ThirdButton,
  Waiting,
} from '../../components/index.ts';
import { CoveredContext } from '../../flow/context.tsx';
import type { FlowState, ScreenProps } from '../../flow/index.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { problemText } from '../../i18n/index.ts';
import { useNarrator } from '../../speech/narrator.ts';
import { Face } from './face.tsx';
import './rating.css';

/** Best first. */
const LEVELS: readonly RatingLevel[] = [5, 4, 3, 2, 1];
/** After the thanks the visit ends by itself. */
const LEAVE_AFTER_S = 8;

type Phase =
  | { readonly name: 'asking' }
  | { readonly name: 'storing'; readonly level: RatingLevel }
  | { readonly name: 'failed'; readonly problem: Problem }
  | { readonly name: 'over'; readonly level: RatingLevel | null };

/** Seconds until the visit ends; stands still while a page lies over the screen or the thanks are being read out. */
function useLeaving(active: boolean, leave: () => void): number {
  const covered = useContext(CoveredContext);
  const { speaking } = useNarrator();
  const [left, setLeft] = useState(LEAVE_AFTER_S);
  useEffect(() => {
    if (!active || covered || speaking) return undefined;
    const timer = setTimeout(() => (left <= 1 ? leave() : setLeft(left - 1)), 1000);
    return () => clearTimeout(timer);
  }, [active, covered, speaking, left, leave]);
  return left;
}

function pathOf(state: FlowState, language: Language, collect: string, tracking: string): readonly string[] {
  if (state.rating?.subject === 'pickup') return state.pickup === null ? [collect] : [collect, state.pickup.holder];
  return state.result === null ? [] : [state.result.itemName[language], tracking];
}

/** Voluntary, by touch or keypad, never a default; then the visit ends. */
export function RatingScreen({ state, send, snapshot, language, endVisit }: ScreenProps): ReactElement | null {
  const { t } = useTranslation('rating');
  const [phase, setPhase] = useState<Phase>({ name: 'asking' });
  const { visitId, rating } = state;

  useEffect(() => {
    if (visitId === null || rating === null) return undefined;
    let gone = false;
    void call('rating.invite', { visitId, ...rating }).then((answer) => {
      if (!gone && answer.ok && answer.value.alreadyRated) setPhase({ name: 'over', level: null });
    });
    return () => {
      gone = true;
      void call('rating.skip', { visitId });
    };
  }, [visitId, rating]);

  useEvent('rating-given', (event) => {
    if (event.subjectId === rating?.subjectId) setPhase({ name: 'over', level: event.level });
  });

  const give = (level: RatingLevel): void => {
    if (visitId === null || rating === null || phase.name === 'storing') return;
    setPhase({ name: 'storing', level });
    void call('rating.give', { visitId, ...rating, level }).then((answer) =>
      setPhase((old) => {
        if (old.name !== 'storing') return old;
        return answer.ok ? { name: 'over', level: answer.value.level } : { name: 'failed', problem: answer.error };
      }),
    );
  };
  const finish = useCallback(() => endVisit('finished'), [endVisit]);
  const left = useLeaving(phase.name === 'over', finish);

  if (rating === null) return null;
  const path = pathOf(
    state,
    language,
    t('ui:functions.collect.title'),
    t('tracking', { number: state.result?.trackingNumber ?? '' }),
  );

  if (phase.name === 'over') {
    const offline = snapshot.network.state === 'down' && phase.level !== null;
    return (
      <PageFrame
        screen="rating"
        path={path}
        title={<span aria-live="polite">{t(phase.level === null ? 'already.title' : 'thanks.title')}</span>}
        lead={t(phase.level === null ? 'already.lead' : offline ? 'thanks.leadOffline' : 'thanks.lead')}
        onBack={null}
        visitBar={false}
        picture={
          <Ring size={230} part={left / LEAVE_AFTER_S} tone="ok">
            <Icon name="check" className="in-ring ok" />
          </Ring>
        }
        actions={
          <Actions split="one-two">
            <SecondButton onPress={() => send({ type: 'home' })}>{t('ui:done.another')}</SecondButton>
            <MainButton icon="sign-out" onPress={finish}>
              {t('ui:visit.end')}
            </MainButton>
          </Actions>
        }
      >
        {phase.level === null ? null : (
          <div className="rated">
            <Face level={phase.level} />
            <p>
              <span className="note">{t('thanks.yours')}</span>
              <b>{t(`level.${phase.level}`)}</b>
            </p>
          </div>
        )}
        <div className="sp" />
        <p className="note">{t('thanks.leaving', { seconds: left })}</p>
      </PageFrame>
    );
  }

  const trouble = phase.name === 'failed' ? problemText(t, phase.problem) : null;
  return (
    <PageFrame
      screen="rating"
      path={path}
      title={t('title')}
      lead={t('lead')}
      onBack={null}
      actions={
        <Actions>
          <ThirdButton onPress={finish}>{t(trouble === null ? 'skip' : 'skipFailed')}</ThirdButton>
        </Actions>
      }
    >
      <ul className="rate" aria-label={t('title')}>
        {LEVELS.map((level) => (
          <li key={level}>
            <button type="button" onClick={() => give(level)}>
              <Face level={level} />
              {t(`level.${level}`)}
              <span className="k">
                <span className="sr">{t('key')}</span>
                <i>{snapshot.keypadBestKey === 5 ? level : 6 - level}</i>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {trouble === null ? (
        <p className="note rate-how">
          {t(snapshot.keypad === 'ready' ? 'howKeypad' : 'how')}
          {snapshot.network.state === 'down' ? (
            <>
              <br />
              {t('offline')}
            </>
          ) : null}
        </p>
      ) : (
        <div className="message" role="alert">
          <Notice tone="wait" icon="warning" fact={t('failed')} todo={t('failedWhy', { reason: trouble.title })} />
        </div>
      )}
      {phase.name === 'storing' ? <Waiting words={t('storing')} /> : null}
    </PageFrame>
  );
}

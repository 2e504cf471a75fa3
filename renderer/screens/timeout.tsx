import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { unfinishedForm } from '../carry/unfinished.ts';
import { MainButton, Notice, PageFrame, Ring, SecondButton, ThirdButton } from '../components/index.ts';
import { useFlow } from '../flow/context.tsx';
import { ANSWER_MS } from '../flow/quiet-clock.ts';

/** Quiet for a minute: content covered, 20 s to answer, extended any number of times. */
export function TimeoutPage({ leftMs, onMore }: { leftMs: number; onMore: () => void }): ReactElement {
  const { t } = useTranslation('ui');
  const { endVisit, state, send } = useFlow();
  const unfinished = unfinishedForm(state) !== null;
  const left = Math.ceil(leftMs / 1000);
  const kept = state.result !== null;
  return (
    <PageFrame
      screen="timeout"
      tone="night"
      titleOnCounter
      title={t('timeout.title')}
      lead={t(kept ? 'timeout.leadDone' : 'timeout.lead')}
      picture={
        <Ring size={640} part={left / (ANSWER_MS / 1000)} tone="night">
          <span className="count">
            <b>{left}</b>
            {t('timeout.seconds')}
          </span>
        </Ring>
      }
      visitBar={false}
      hotline
      actions={
        <div className="acts">
          <MainButton icon="clock-more" className="tall" onPress={onMore}>
            {t('timeout.more')}
          </MainButton>
          {unfinished ? (
            <SecondButton icon="qr" onPress={() => send({ type: 'overlay', overlay: 'carry' })}>
              {t('modes:carry.offer')}
            </SecondButton>
          ) : null}
          <ThirdButton icon="sign-out" onPress={() => endVisit('timed-out')}>
            {t('visit.end')}
          </ThirdButton>
        </div>
      }
    >
      <Notice tone="plain" icon="eye-off" fact={t('timeout.covered')} />
      <p className="sr" role="timer" aria-live="assertive">
        {left === 20 || left === 10 ? t('timeout.left', { count: left }) : ''}
      </p>
    </PageFrame>
  );
}

import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Actions, Icon, MainButton, Notice, PageFrame, Ring, SecondButton } from '../components/index.ts';
import type { ScreenProps } from '../flow/index.ts';
import { obstacleText, problemText } from '../i18n/index.ts';

/** A failure that has no better place: what is true, what happens by itself, what one can do. */
export function ProblemScreen({ state, send, snapshot }: ScreenProps): ReactElement | null {
  const { t } = useTranslation('ui');
  if (state.problem === null) return null;
  const { problem, retry } = state.problem;
  // Only from the review something was tried; everywhere else it could not even be begun.
  const { title, help } = retry === 'review' ? problemText(t, problem) : obstacleText(t, problem);
  return (
    <PageFrame
      screen="problem"
      title={title}
      lead={help}
      picture={
        <Ring size={230} part={0.5} tone="wait">
          <Icon name="warning" className="in-ring wait" />
        </Ring>
      }
      actions={
        <Actions split={retry === null ? 'one' : 'one-two'}>
          {retry === null ? null : (
            <SecondButton onPress={() => send({ type: 'home' })}>{t('problem.home')}</SecondButton>
          )}
          {retry === null ? (
            <MainButton onPress={() => send({ type: 'home' })}>{t('problem.home')}</MainButton>
          ) : (
            <MainButton onPress={() => send({ type: 'go', screen: retry })}>{t('problem.retry')}</MainButton>
          )}
        </Actions>
      }
    >
      <Notice
        tone="plain"
        icon="help"
        fact={t('problem.call', { phone: snapshot.dutyPhone })}
        todo={t('problem.code', { code: problem.code.slice(0, 4) })}
      />
    </PageFrame>
  );
}

import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import {
  Actions,
  Icon,
  MainButton,
  Notice,
  PageFrame,
  Ring,
  Row,
  Rows,
  SecondButton,
  StateTag,
} from '../components/index.ts';
import type { ScreenProps } from '../flow/index.ts';
import { obstacleText, problemText } from '../i18n/index.ts';
import { FUNCTIONS } from './functions.ts';

/** A failure that has no better place: what is true, what happens by itself, what one can do. */
export function ProblemScreen({ state, send, snapshot, language }: ScreenProps): ReactElement | null {
  const { t } = useTranslation('ui');
  if (state.problem === null) return null;
  const { problem, retry } = state.problem;
  // Only from the review something was tried; everywhere else it could not even be begun.
  const { title, help } = retry === 'review' ? problemText(t, problem) : obstacleText(t, problem);
  // Before anything was begun nothing is lost by doing something else: where it can be done, and what can be done here.
  const before = retry === null && state.card === null;
  const stopped = snapshot.functions.find((one) => one.state === 'not-now' && one.reason?.code === problem.code);
  const near = stopped === undefined ? undefined : snapshot.nearby?.[stopped.id]?.[language];
  const works = before ? snapshot.functions.filter((one) => one.state !== 'not-now') : [];
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
      {near === undefined && works.length === 0 ? null : (
        <Rows label={t('attract.truth')} className="works">
          {near === undefined ? null : <Row icon="signpost" title={near} />}
          {works.map((one) => (
            <Row
              key={one.id}
              icon={FUNCTIONS[one.id].icon}
              title={t(`functions.${one.id}.title`)}
              state={<StateTag tone={one.state === 'open' ? 'ok' : 'wait'}>{t(`state.${one.state}`)}</StateTag>}
              onPress={() => send({ type: 'go', screen: FUNCTIONS[one.id].screen, replace: true })}
            />
          ))}
        </Rows>
      )}
    </PageFrame>
  );
}

import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Actions, MainButton, Notice, PageFrame, Row, Rows, SecondButton } from '../../components/index.ts';
import { useFlow } from '../../flow/context.tsx';
import { problemText } from '../../i18n/index.ts';
import { HowTo, useHowTo } from './how-to.tsx';
import { reasonsFor } from './reasons.ts';
import { useHelpCall, type HelpCall } from './use-help-call.ts';
import './help.css';

/** What became of the call: said only when it is so, and in words that do not promise more. */
function Standing({ made, number, offline }: { made: HelpCall; number: string; offline: boolean }): ReactElement {
  const { t } = useTranslation('ui');
  const { t: th } = useTranslation('help');
  if (made.problem !== null) {
    const { title } = problemText(t, made.problem);
    return <Notice tone="err" fact={title} todo={th('notAsked.todo')} />;
  }
  if (made.state === null) return <></>;
  const about = made.reason === 'person' ? 'asked' : 'noted';
  const state = made.state === 'kept' && offline ? 'keptOffline' : made.state;
  return (
    <Notice
      tone={made.state === 'sent' ? 'ok' : 'wait'}
      fact={th(`${about}.${state}.fact`)}
      todo={th(`${about}.${state}.todo`, { number })}
    />
  );
}

/** Whom to call, and what did not work; what was typed stays. */
export function HelpPage(): ReactElement {
  const { t } = useTranslation('ui');
  const { t: th } = useTranslation('help');
  const { snapshot, send, state } = useFlow();
  const [part, setPart] = useState<'call' | 'reasons' | 'how-to'>('call');
  const made = useHelpCall(state.screen);
  const film = useHowTo(state.screen);
  const before = state.screen === 'attract';
  const close = (): void => send({ type: 'overlay', overlay: 'none' });
  const back = part === 'call' ? close : (): void => setPart('call');
  const standing = (
    <div className="help-state" role="status">
      <Standing made={made} number={snapshot.kioskNumber} offline={snapshot.network.state === 'down'} />
    </div>
  );
  const called = made.state !== null;
  const closing = t(`help.${called ? 'done' : 'close'}${before ? 'Before' : ''}`);
  if (part !== 'call') {
    const reasons = part === 'reasons';
    return (
      <PageFrame
        screen="help"
        title={th(reasons ? 'reasonsTitle' : 'howToTitle')}
        {...(reasons ? { lead: th('reasonsLead') } : {})}
        current="help"
        onBack={back}
        wall="middle"
        actions={
          <Actions split="one-two">
            <SecondButton onPress={back}>{th('back')}</SecondButton>
            <MainButton onPress={close}>{closing}</MainButton>
          </Actions>
        }
      >
        {reasons ? (
          <>
            <Rows
              label={th('reasonsTitle')}
              className={`choices ${reasonsFor(state.screen).length < 4 ? 'choices-few' : ''}`}
            >
              {reasonsFor(state.screen).map((reason) => (
                <Row
                  key={reason}
                  title={th(`reason.${reason}`)}
                  chosen={made.reason === reason}
                  onPress={() => made.ask(reason)}
                />
              ))}
            </Rows>
            {standing}
          </>
        ) : film === null ? null : (
          <HowTo name={film} />
        )}
      </PageFrame>
    );
  }
  return (
    <PageFrame
      screen="help"
      title={t('help.title')}
      lead={t(before ? 'help.leadBefore' : 'help.lead')}
      current="help"
      onBack={close}
      wall="middle"
      actions={
        <Actions>
          <SecondButton onPress={close}>{closing}</SecondButton>
        </Actions>
      }
    >
      <div className="help-call">
        <MainButton icon="phone-fill" busy={made.busy} onPress={() => made.ask('person')}>
          {th(made.busy ? 'calling' : made.reason === 'person' ? 'again' : 'call')}
        </MainButton>
        <section className="phone-card" aria-label={t('help.duty')}>
          <p className="note">{t('help.duty')}</p>
          <p className="phone-number">{snapshot.dutyPhone}</p>
          <p className="note">{t('help.dutyNote', { number: snapshot.kioskNumber })}</p>
        </section>
        {standing}
      </div>
      <Rows label={t('help.more')}>
        {film === null ? null : (
          <Row icon="play" title={th('howTo')} detail={th('howToNote')} onPress={() => setPart('how-to')} />
        )}
        <Row icon="warning-line" title={th('reasons')} detail={th('reasonsNote')} onPress={() => setPart('reasons')} />
        <Row icon="megaphone" title={snapshot.hotline} detail={t('help.hotline')} />
      </Rows>
    </PageFrame>
  );
}

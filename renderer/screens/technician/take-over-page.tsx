import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../../electron/contract/calls.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { useNow } from '../../api/index.ts';
import {
  Actions,
  MainButton,
  Notice,
  PageFrame,
  Row,
  Rows,
  Scroll,
  SecondButton,
  Waiting,
} from '../../components/index.ts';
import { sinceText } from '../../i18n/format.ts';
import { problemText } from '../../i18n/index.ts';
import type { Ask } from './use-session.ts';
import './store.css';

type Copies = CallOutput<'technician.copies'>['copies'];

/** Name of a file without its folders, on any system. */
const nameOf = (file: string): string => file.split(/[/\\]/).at(-1) ?? file;

/** A queue of another machine is put by; the next start reads it through and takes it over. */
export function TakeOverPage(props: { ask: Ask; language: Language; onBack: () => void }): ReactElement {
  const { t } = useTranslation('technician');
  const { ask, language, onBack } = props;
  const now = useNow(30_000);
  const [copies, setCopies] = useState<Copies | null>(null);
  const [file, setFile] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [putBy, setPutBy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const look = useCallback((): void => {
    void ask('technician.copies', {}).then((answer) => {
      if (answer?.ok === true) setCopies(answer.value.copies);
    });
  }, [ask]);
  useEffect(look, [look]);
  const run = async (): Promise<void> => {
    if (file === null) return setFault(t('takeOver.choose'));
    setBusy(true);
    setFault(null);
    const answer = await ask('technician.takeOver', { file });
    setBusy(false);
    if (answer === null) return;
    if (!answer.ok) setFault(problemText(t, answer.error).title);
    else if (answer.value.putBy) setPutBy(true);
    else setFault(t(`takeOver.why.${answer.value.why ?? 'not-written'}`));
  };
  return (
    <PageFrame
      screen="technician"
      tone="night"
      wall="low"
      path={[t('path'), t('tab.store'), t('store.takeOver')]}
      title={t(putBy ? 'takeOver.done' : 'takeOver.title')}
      lead={t(putBy ? 'takeOver.doneLead' : 'takeOver.lead')}
      onBack={onBack}
      visitBar={false}
      actions={
        putBy ? (
          <Actions>
            <MainButton onPress={onBack}>{t('discard.back')}</MainButton>
          </Actions>
        ) : (
          <Actions split="one-two">
            <SecondButton onPress={file === null ? look : onBack}>
              {t(file === null ? 'handOver.look' : 'takeOver.stay')}
            </SecondButton>
            <MainButton busy={busy} onPress={() => void run()}>
              {t('takeOver.do')}
            </MainButton>
          </Actions>
        )
      }
    >
      <div className="hand-over-fault" role="alert">
        {fault === null ? null : <Notice tone="err" fact={fault} />}
      </div>
      {putBy ? (
        <Notice tone="wait" fact={t('takeOver.restart')} todo={t('takeOver.restartTodo')} />
      ) : copies === null ? (
        <Waiting words={t('loading')} />
      ) : copies.length === 0 ? (
        <Notice tone="wait" fact={t('takeOver.none')} todo={t('takeOver.noneTodo')} />
      ) : (
        <Scroll label={t('takeOver.copies')}>
          <div className="hand-over">
            <Rows label={t('takeOver.copies')}>
              {copies.map((one) => (
                <Row
                  key={one.file}
                  icon="wallet"
                  title={nameOf(one.file)}
                  detail={t('takeOver.copy', {
                    size: Math.max(1, Math.round(one.bytes / 1024)),
                    at: sinceText(one.at, now, language),
                    folder: one.file.slice(0, -nameOf(one.file).length - 1),
                  })}
                  chosen={one.file === file}
                  onPress={() => {
                    setFault(null);
                    setFile(one.file);
                  }}
                />
              ))}
            </Rows>
            {file === null ? null : <Notice tone="wait" fact={t('takeOver.once')} todo={t('takeOver.onceTodo')} />}
          </div>
        </Scroll>
      )}
    </PageFrame>
  );
}

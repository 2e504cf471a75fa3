import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../../electron/contract/calls.ts';
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
import { problemText } from '../../i18n/index.ts';
import type { Ask } from './use-session.ts';
import './store.css';

type Copy = NonNullable<CallOutput<'technician.handOver'>['copy']>;

/** The queue is copied for the machine that takes this one's place; this one sends and takes nothing from then on. */
export function HandOverPage({ ask, onBack }: { ask: Ask; onBack: () => void }): ReactElement {
  const { t } = useTranslation('technician');
  const [folders, setFolders] = useState<readonly string[] | null>(null);
  const [folder, setFolder] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [copy, setCopy] = useState<Copy | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const look = useCallback((): void => {
    void ask('technician.copyPlaces', {}).then((answer) => {
      if (answer?.ok === true) setFolders(answer.value.folders);
    });
  }, [ask]);
  useEffect(look, [look]);
  const run = async (): Promise<void> => {
    if (folder === null) return;
    setBusy(true);
    setFault(null);
    const answer = await ask('technician.handOver', { folder });
    setBusy(false);
    if (answer === null) return;
    if (!answer.ok) setFault(problemText(t, answer.error).title);
    else if (answer.value.copy === null) setFault(t(`handOver.why.${answer.value.why ?? 'not-written'}`));
    else setCopy(answer.value.copy);
  };
  return (
    <PageFrame
      screen="technician"
      tone="night"
      wall="low"
      path={[t('path'), t('tab.store'), t('store.handOver')]}
      title={t(copy === null ? 'handOver.title' : 'handOver.done')}
      lead={t(copy === null ? 'handOver.lead' : 'handOver.doneLead')}
      onBack={onBack}
      visitBar={false}
      actions={
        copy !== null ? (
          <Actions>
            <MainButton onPress={onBack}>{t('discard.back')}</MainButton>
          </Actions>
        ) : (
          <Actions split="one-two">
            <SecondButton onPress={folder === null ? look : onBack}>
              {t(folder === null ? 'handOver.look' : 'handOver.stay')}
            </SecondButton>
            <MainButton busy={busy} onPress={() => (folder === null ? setFault(t('handOver.choose')) : void run())}>
              {t('handOver.do')}
            </MainButton>
          </Actions>
        )
      }
    >
      <div className="hand-over-fault" role="alert">
        {fault === null ? null : <Notice tone="err" fact={fault} />}
      </div>
      {copy !== null ? (
        <Scroll label={t('handOver.done')}>
          <div className="hand-over">
            <Rows>
              <Row
                title={t('handOver.entries', { count: copy.entries })}
                detail={<span className="mono">{copy.file}</span>}
              />
              <Row title={t('handOver.hash')} detail={<span className="mono">{copy.sha256}</span>} />
            </Rows>
          </div>
        </Scroll>
      ) : folders === null ? (
        <Waiting words={t('loading')} />
      ) : folders.length === 0 ? (
        <Notice tone="wait" fact={t('handOver.none')} todo={t('handOver.noneTodo')} />
      ) : (
        <Scroll label={t('handOver.places')}>
          <div className="hand-over">
            <Rows label={t('handOver.places')}>
              {folders.map((one) => (
                <Row
                  key={one}
                  icon="wallet"
                  title={one}
                  chosen={one === folder}
                  onPress={() => {
                    setFault(null);
                    setFolder(one);
                  }}
                />
              ))}
            </Rows>
            {folder === null ? null : <Notice tone="wait" fact={t('handOver.warn')} todo={t('handOver.warnTodo')} />}
          </div>
        </Scroll>
      )}
    </PageFrame>
  );
}

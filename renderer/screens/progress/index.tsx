import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { CaseProgress } from '../../../electron/contract/dto.ts';
import { trackingNumberIn } from '../../../electron/domain/tracking-number.ts';
import { call, useCall, useEvent, useNow } from '../../api/index.ts';
import {
  Actions,
  Field,
  Icon,
  MainButton,
  Notice,
  PageFrame,
  ProgressList,
  Ring,
  SecondButton,
  Waiting,
} from '../../components/index.ts';
import type { ScreenProps } from '../../flow/index.ts';
import { problemText } from '../../i18n/index.ts';
import { Keyboard, useTyping, withoutLast } from '../../ime/index.ts';
import { STATE_LOOK, wordsFor } from '../done/index.tsx';
import { progressEntries } from '../done/progress-entries.ts';

/** Where a case is: by the number on the receipt, typed or scanned. */
export function ProgressScreen({ state, send, snapshot, language }: ScreenProps): ReactElement {
  const { t } = useTranslation('ui');
  const now = useNow(30_000);
  const { visitId } = state;
  const [number, setNumber] = useState('');
  const [found, setFound] = useState<CaseProgress | null>(null);
  const finding = useCall('case.find');
  const { run, clear } = finding;
  const insert = useCallback(
    (text: string) => {
      clear();
      setNumber((old) => (old + text.toUpperCase()).slice(0, 40));
    },
    [clear],
  );
  const erase = useCallback(() => {
    clear();
    setNumber(withoutLast);
  }, [clear]);
  const typing = useTyping('number', insert, erase);

  const find = useCallback(
    async (wanted: string): Promise<void> => {
      if (wanted.trim() === '') return;
      const answer = await run({ number: wanted.trim() });
      if (answer?.ok === true) setFound(answer.value);
    },
    [run],
  );

  const scans = snapshot.scanner === 'ready' && found === null;
  useEffect(() => {
    if (visitId === null || !scans) return undefined;
    void call('scanner.listen', { visitId, on: true });
    return () => {
      void call('scanner.listen', { visitId, on: false });
    };
  }, [visitId, scans]);
  useEvent('code-scanned', (event) => {
    if (event.visitId !== visitId || found !== null) return;
    const text = trackingNumberIn(event.text) ?? event.text.trim().slice(0, 64);
    setNumber(text);
    void find(text);
  });
  useEvent('case-changed', (changed) => {
    setFound((old) => (old?.caseId === changed.caseId ? changed : old));
  });

  if (found !== null) {
    const look = STATE_LOOK[found.state];
    return (
      <PageFrame
        screen="progress"
        wall="middle"
        path={[t('functions.progress.title'), found.itemName[language]]}
        title={t(`progress.state.${found.state}`)}
        lead={
          found.outcome?.[language] ??
          t(`progress.leadOf.${wordsFor(found.state, snapshot.network.state)}`, { phone: snapshot.dutyPhone })
        }
        picture={
          <Ring size={230} part={look.part} tone={look.tone}>
            <Icon name={look.icon} className={`in-ring ${look.tone}`} />
          </Ring>
        }
        onBack={() => setFound(null)}
        actions={
          <Actions split="one-two">
            <SecondButton onPress={() => send({ type: 'home' })}>{t('problem.home')}</SecondButton>
            <MainButton
              onPress={() => {
                setNumber('');
                setFound(null);
              }}
            >
              {t('progress.another')}
            </MainButton>
          </Actions>
        }
      >
        <p className="note">{t('done.tracking')}</p>
        <p className="tracking-no">{found.trackingNumber}</p>
        {found.caseNumber === null ? null : (
          <p className="note">{t('done.caseNumber', { number: found.caseNumber })}</p>
        )}
        <div className="gap-3" />
        <ProgressList
          label={t('progressList.label')}
          entries={progressEntries(found, { network: snapshot.network, now, language }, t)}
        />
      </PageFrame>
    );
  }
  const problem = finding.problem === null ? null : problemText(t, finding.problem);
  return (
    <PageFrame
      screen="progress"
      wall="middle"
      title={t('progress.title')}
      lead={t(snapshot.scanner === 'ready' ? 'progress.leadScan' : 'progress.lead')}
      lamp={
        scans && number === ''
          ? { side: snapshot.slots.scanner, words: t(`progress.lamp.${snapshot.slots.scanner}`) }
          : null
      }
      keyboard={<Keyboard handle={typing} />}
      actions={
        <Actions>
          <MainButton icon="search" busy={finding.busy} onPress={() => void find(number)}>
            {t(finding.busy ? 'progress.finding' : 'progress.find')}
          </MainButton>
        </Actions>
      }
    >
      <Field
        label={t('progress.field')}
        value={number}
        placeholder={t('progress.placeholder')}
        state={problem === null ? (number === '' ? 'empty' : 'typing') : 'wrong'}
        onClear={() => {
          clear();
          setNumber('');
        }}
      />
      {problem === null ? null : (
        <div role="alert" className="message">
          <Notice tone="err" fact={problem.title} todo={problem.help} />
        </div>
      )}
      {finding.busy ? <Waiting words={t('progress.finding')} /> : null}
    </PageFrame>
  );
}

import { useEffect, useRef, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { valuesToSubmit } from '../../electron/domain/form.ts';
import { call, useLasting } from '../api/index.ts';
import { Icon, Notice, PageFrame, ProgressList, Ring } from '../components/index.ts';
import { useHoldClock } from '../flow/index.ts';
import type { ScreenProps } from '../flow/index.ts';

/** Seals, stores and sends; the answer is true at that moment. The same submission id is the same case. */
export function SubmittingScreen({ state, send, language, snapshot }: ScreenProps): ReactElement | null {
  const { t } = useTranslation('ui');
  const { item, visitId, submissionId } = state;
  const values = useRef(state.values);
  const tongue = useRef(language);
  const visible = useLasting(true, 400);
  const long = useLasting(true, 5_000);
  const tooLong = useLasting(true, 15_000);
  useHoldClock(true);
  useEffect(() => {
    if (item === null || visitId === null || submissionId === null) return undefined;
    let gone = false;
    void call('case.submit', {
      visitId,
      submissionId,
      itemId: item.id,
      itemVersion: item.version,
      language: tongue.current,
      values: { ...valuesToSubmit(item, values.current) },
    }).then((answer) => {
      if (gone) return;
      if (answer.ok) send({ type: 'submitted', result: answer.value });
      else send({ type: 'problem', problem: answer.error, retry: 'review' });
    });
    return () => {
      gone = true;
    };
  }, [item, visitId, submissionId, send]);
  return (
    <PageFrame
      screen="submitting"
      step="review"
      title={t('submitting.title')}
      lead={visible ? t(long ? 'submitting.next' : 'submitting.lead') : ' '}
      onBack={null}
      visitBar={false}
      picture={
        <Ring size={230} part={0.4} turning={visible}>
          <Icon name="send" className="in-ring" />
        </Ring>
      }
    >
      <p className="sr" role="status">
        {visible ? t(long ? 'submitting.next' : 'submitting.title') : ''}
      </p>
      {visible ? (
        <ProgressList
          label={t('progressList.label')}
          entries={[
            { title: t('progressList.kept'), detail: t('submitting.keeping'), state: 'waiting' },
            { title: t('progressList.sent'), detail: t('submitting.sending'), state: 'to-come' },
            { title: t('progressList.decided'), detail: t('progressList.decidedLater'), state: 'to-come' },
          ]}
        />
      ) : null}
      <div className="sp" />
      {tooLong ? (
        <Notice
          tone="wait"
          live
          fact={t('submitting.tooLong')}
          todo={t('submitting.tooLongNote', { phone: snapshot.dutyPhone })}
        />
      ) : null}
    </PageFrame>
  );
}

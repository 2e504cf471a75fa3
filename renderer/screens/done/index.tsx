import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { CaseProgress, KioskSnapshot, PrintDto } from '../../../electron/contract/dto.ts';
import { useNow } from '../../api/index.ts';
import {
  Actions,
  Icon,
  MainButton,
  PageFrame,
  Phrases,
  ProgressList,
  ReceiptPicture,
  Ring,
  SecondButton,
  ThirdButton,
  Title,
  type IconName,
} from '../../components/index.ts';
import { useLandscape, useModes } from '../../flow/modes.ts';
import type { ScreenProps } from '../../flow/index.ts';
import { PaperLine } from '../receipt/paper-line.tsx';
import { useReceipt, type ReceiptState } from '../receipt/use-receipt.ts';
import { progressEntries } from './progress-entries.ts';

type Look = { readonly tone: 'ok' | 'wait' | 'err'; readonly part: number; readonly icon: IconName };

/** Half a ring: kept here, not yet at the platform. */
export const STATE_LOOK: Readonly<Record<CaseProgress['state'], Look>> = {
  kept: { tone: 'ok', part: 0.5, icon: 'kept' },
  received: { tone: 'ok', part: 0.75, icon: 'send' },
  approved: { tone: 'ok', part: 1, icon: 'check' },
  refused: { tone: 'err', part: 0.75, icon: 'warning' },
  parked: { tone: 'wait', part: 0.5, icon: 'warning' },
};

/** A kept case waits for the network, or for a platform that is slow to answer: not the same words. */
export function wordsFor(
  state: CaseProgress['state'],
  network: KioskSnapshot['network']['state'],
): CaseProgress['state'] | 'keptTrying' {
  return state === 'kept' && network === 'up' ? 'keptTrying' : state;
}

function lampOf(
  receipt: ReceiptState,
  slots: KioskSnapshot['slots'],
): { readonly side: 'left' | 'middle' | 'right' } | null {
  return receipt.name === 'over' && receipt.print.outcome !== 'not-printed' ? { side: slots.receipt } : null;
}

/** What is true now, in words and as it came out on paper. */
export function DoneScreen({ state, send, snapshot, language, endVisit }: ScreenProps): ReactElement | null {
  const { t } = useTranslation('ui');
  const now = useNow(30_000);
  const landscape = useLandscape();
  const { elder } = useModes();
  const { result } = state;
  const { receipt, again } = useReceipt(state.visitId, result?.caseId ?? null, language, snapshot.printer !== 'none');
  if (result === null) return null;
  const toHandIn = (state.item?.attachments ?? []).filter(({ id }) => state.toHandIn.includes(id));
  const look = STATE_LOOK[result.state];
  const preview: PrintDto['preview'] =
    receipt.name === 'over' ? receipt.print.preview : receipt.name === 'none' ? [] : (receipt.last?.preview ?? []);
  const lamp = lampOf(receipt, snapshot.slots);
  const shows = preview.length > 0 && (receipt.name !== 'over' || receipt.print.outcome === 'printed');
  return (
    <PageFrame
      screen="done"
      step="receipt"
      wall="middle"
      title={
        <span aria-live="polite">
          <Title>{t(`done.title.${wordsFor(result.state, snapshot.network.state)}`)}</Title>
        </span>
      }
      lead={result.outcome?.[language] ?? t(`done.lead.${result.state}`, { phone: snapshot.dutyPhone })}
      visitBar={false}
      paged
      onBack={null}
      picture={
        elder && !landscape ? undefined : (
          <Ring size={230} part={look.part} tone={look.tone}>
            <Icon name={look.icon} className={`in-ring ${look.tone}`} />
          </Ring>
        )
      }
      lamp={lamp === null ? null : { side: lamp.side, words: t(`done.lamp.${lamp.side}`) }}
      actions={
        <div className="acts">
          <PaperLine receipt={receipt} again={again} subject="case" />
          <MainButton
            icon="star"
            onPress={() => send({ type: 'rate', subject: { subject: 'case', subjectId: result.caseId } })}
          >
            {t('done.rate')}
          </MainButton>
          <Actions split="pair">
            <SecondButton onPress={() => send({ type: 'home' })}>{t('done.another')}</SecondButton>
            <ThirdButton icon="sign-out" onPress={() => endVisit('finished')}>
              {t('visit.end')}
            </ThirdButton>
          </Actions>
        </div>
      }
    >
      <div className="cols">
        <div>
          <p className="note">{t('done.tracking')}</p>
          <p className="tracking-no">{result.trackingNumber}</p>
          <p className="note where-later">
            <Phrases>
              {result.caseNumber === null ? t('done.whereBefore') : t('done.caseNumber', { number: result.caseNumber })}
            </Phrases>
          </p>
          {toHandIn.length === 0 ? null : (
            <p className="note to-hand-in">
              <Phrases>
                {t(elder ? 'papers.toHandInElder' : 'papers.toHandIn', {
                  papers: toHandIn.map((slot) => slot.title[language]).join(t('papers.and')),
                })}
              </Phrases>
            </p>
          )}
          <ProgressList
            label={t('progressList.label')}
            entries={progressEntries(result, { network: snapshot.network, now, language }, t)}
          />
        </div>
        {shows ? (
          <div className="rc">
            <ReceiptPicture lines={preview} width={landscape ? 236 : elder ? 300 : 324} />
          </div>
        ) : null}
      </div>
    </PageFrame>
  );
}

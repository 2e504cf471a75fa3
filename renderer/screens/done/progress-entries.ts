import type { CaseProgress, KioskSnapshot } from '../../../electron/contract/dto.ts';
import type { Language } from '../../../electron/domain/text.ts';
import type { ProgressEntry } from '../../components/index.ts';
import { sinceText } from '../../i18n/format.ts';
import { problemText, type Translate } from '../../i18n/index.ts';

interface Surroundings {
  readonly network: KioskSnapshot['network'];
  readonly now: Date;
  readonly language: Language;
}

/** What happened to a case and what comes, from what is known now. Nothing is said to be done before it is. */
export function progressEntries(progress: CaseProgress, around: Surroundings, t: Translate): readonly ProgressEntry[] {
  const { network, now, language } = around;
  const at = (moment: string): string => sinceText(moment, now, language);
  const kept: ProgressEntry = {
    title: t('progressList.kept', {}),
    detail: t('progressList.keptAt', { at: at(progress.keptAt) }),
    state: 'done',
  };
  const sent = t('progressList.sent', {});
  const decided = t('progressList.decided', {});
  const later: ProgressEntry = { title: decided, detail: t('progressList.decidedLater', {}), state: 'to-come' };
  const received = (): ProgressEntry => ({
    title: sent,
    detail:
      progress.receivedAt === null
        ? t('progressList.sentDone', {})
        : t('progressList.sentAt', { at: at(progress.receivedAt) }),
    state: 'done',
  });
  const help = progress.reason === null ? '' : problemText(t, progress.reason).help;
  switch (progress.state) {
    case 'kept':
      return [
        kept,
        network.state === 'down'
          ? {
              title: sent,
              detail: t('progressList.waitsForNetwork', { since: at(network.since) }),
              state: 'waiting',
              icon: 'offline',
            }
          : { title: sent, detail: t('progressList.waitsForPlatform', {}), state: 'waiting' },
        later,
      ];
    case 'received':
      return [kept, received(), { title: decided, detail: t('progressList.deciding', {}), state: 'waiting' }];
    case 'approved':
      return [
        kept,
        received(),
        {
          title: decided,
          detail:
            progress.outcome?.[language] ??
            t('progressList.approvedAt', { at: at(progress.decidedAt ?? progress.keptAt) }),
          state: 'done',
        },
      ];
    case 'refused':
      return [
        kept,
        progress.receivedAt === null
          ? { title: sent, detail: t('progressList.sentDone', {}), state: 'done' }
          : received(),
        { title: t('progressList.refused', {}), detail: progress.outcome?.[language] ?? help, state: 'wrong' },
      ];
    case 'parked':
      return [
        kept,
        // The machine's reason is for the technician; a person needs to know that it stays here.
        { title: sent, detail: t('progressList.parked', {}), state: 'wrong' },
        later,
      ];
  }
}

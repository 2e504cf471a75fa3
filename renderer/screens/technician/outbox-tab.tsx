import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../../electron/contract/calls.ts';
import type { KioskSnapshot, OutboxEntryDto } from '../../../electron/contract/dto.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { useNow } from '../../api/index.ts';
import { Scroll, SmallButton, StateTag } from '../../components/index.ts';
import { clockText, sinceText } from '../../i18n/format.ts';

export type OutboxView = CallOutput<'technician.outbox'>;

interface Props {
  readonly view: OutboxView | null;
  readonly language: Language;
  readonly network: KioskSnapshot['network'];
  readonly sending: boolean;
  readonly onSendNow: () => void;
  readonly onResend: (entryId: string) => void;
}

/** `21:02:30`: seconds count when one waits for the next try. */
function withSeconds(moment: string): string {
  return `${clockText(moment)}:${moment.slice(17, 19)}`;
}

/** A tracking number without its middle: enough to tell two entries apart, too little to look one up. */
export function maskedSubject(subject: string): string {
  return subject.length <= 8 ? subject : `${subject.slice(0, 4)}…${subject.slice(-4)}`;
}

/** Why an entry waits or was put aside: known reasons in words, others as they came. */
export function Reason({ entry }: { entry: OutboxEntryDto }): ReactElement | null {
  const { t, i18n } = useTranslation('technician');
  if (entry.reason === null) return null;
  const key = `technician:outbox.reason.${entry.reason}`;
  if (i18n.exists(key)) return <span>{t(key)}</span>;
  return <span className="mono">{entry.reason}</span>;
}

function Entry({
  entry,
  language,
  onResend,
}: { entry: OutboxEntryDto } & Pick<Props, 'language' | 'onResend'>): ReactElement {
  const { t } = useTranslation('technician');
  const now = useNow(30_000);
  const parked = entry.state === 'parked';
  return (
    <li className={parked ? 'tout parked' : 'tout'}>
      <div className="tout-what">
        <b>
          {t(`outbox.kind.${entry.kind}`)} <span className="mono">{maskedSubject(entry.subject)}</span>
        </b>
        <span className="note">
          {t('outbox.kept', { at: sinceText(entry.createdAt, now, language), count: entry.attempts })}
        </span>
      </div>
      <div className="tout-why">
        <StateTag tone={parked ? 'err' : 'wait'}>{t(`outbox.state.${entry.state}`)}</StateTag>
        <span className="note">
          <Reason entry={entry} />
          {entry.nextTryAt === null || parked ? null : (
            <span className="tout-next">{t('outbox.next', { at: withSeconds(entry.nextTryAt) })}</span>
          )}
        </span>
      </div>
      {parked ? (
        <SmallButton
          tone="solid"
          name={t('outbox.resendName', { subject: maskedSubject(entry.subject) })}
          onPress={() => onResend(entry.entryId)}
        >
          {t('outbox.resend')}
        </SmallButton>
      ) : (
        <span />
      )}
    </li>
  );
}

/** What waits to be sent and why; what was put aside stands first and is never deleted. */
export function OutboxTab(props: Props): ReactElement {
  const { t } = useTranslation('technician');
  const now = useNow(30_000);
  const { view, language, network, sending, onSendNow, onResend } = props;
  if (view === null) return <p className="note">{t('loading')}</p>;
  const entries = [...view.entries].sort((a, b) => Number(b.state === 'parked') - Number(a.state === 'parked'));
  return (
    <>
      <div className="tout-head">
        <div>
          <h2 className="h2">{t('outbox.waiting', { count: view.waiting })}</h2>
          <p className="note">
            {network.state === 'down'
              ? t('outbox.down', { since: sinceText(network.since, now, language) })
              : t('outbox.up')}
            {view.parked > 0 ? ` ${t('outbox.parked', { count: view.parked })}` : ''}
          </p>
        </div>
        <SmallButton tone="line" icon="send" busy={sending} onPress={onSendNow}>
          {t('outbox.sendNow')}
        </SmallButton>
      </div>
      {entries.length === 0 ? <p className="tempty">{t('outbox.empty')}</p> : null}
      <Scroll label={t('tab.outbox')}>
        <ul className="touts" aria-label={t('tab.outbox')}>
          {entries.map((entry) => (
            <Entry key={entry.entryId} entry={entry} language={language} onResend={onResend} />
          ))}
        </ul>
      </Scroll>
    </>
  );
}

import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutboxEntryDto } from '../../../electron/contract/dto.ts';
import type { Problem } from '../../../electron/contract/problems.ts';
import { Actions, DigitPad, Field, MainButton, Notice, PageFrame, SecondButton } from '../../components/index.ts';
import { problemText } from '../../i18n/index.ts';
import { Chips } from './chips.tsx';
import { maskedSubject } from './outbox-tab.tsx';
import type { Ask } from './use-session.ts';
import './store.css';

/** Why something that was kept is given up: a code, which goes on record. */
const REASONS = ['filed-at-window', 'withdrawn-by-applicant', 'test-case', 'told-by-platform'] as const;
type Why = (typeof REASONS)[number];
const MAX_PIN = 12;

/** A parked entry is given up: a reason, then the PIN of a second person. Both people and the reason go on record. */
export function DiscardPage(props: { entry: OutboxEntryDto; ask: Ask; onBack: () => void }): ReactElement {
  const { t } = useTranslation('technician');
  const { entry, ask, onBack } = props;
  const [why, setWhy] = useState<Why | null>(null);
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [gone, setGone] = useState(false);
  const subject = maskedSubject(entry.subject);
  const change = (next: string): void => {
    if (busy) return;
    setProblem(null);
    setRefused(null);
    setPin(next.slice(0, MAX_PIN));
  };
  const discard = async (): Promise<void> => {
    if (why === null) return setRefused('no-reason');
    if (pin === '') return setRefused('no-pin');
    setBusy(true);
    const answer = await ask('technician.discard', { entryId: entry.entryId, secondPin: pin, reason: why });
    setBusy(false);
    setPin('');
    if (answer === null) return;
    if (!answer.ok) setProblem(answer.error);
    else if (answer.value.discarded) setGone(true);
    else setRefused(answer.value.why);
  };
  return (
    <PageFrame
      screen="technician"
      tone="night"
      wall="low"
      path={[t('path'), t('tab.store'), t('store.discard')]}
      title={t(gone ? 'discard.gone' : 'discard.title', { subject })}
      lead={t(gone ? 'discard.goneLead' : 'discard.lead')}
      onBack={onBack}
      visitBar={false}
      actions={
        gone ? (
          <Actions>
            <MainButton onPress={onBack}>{t('discard.back')}</MainButton>
          </Actions>
        ) : (
          <Actions split="one-two">
            <SecondButton onPress={onBack}>{t('discard.keep')}</SecondButton>
            <MainButton busy={busy} onPress={() => void discard()}>
              {t('discard.do')}
            </MainButton>
          </Actions>
        )
      }
    >
      {gone ? null : (
        <>
          <Chips
            label={t('discard.why')}
            values={REASONS.map((one) => ({ value: one, words: t(`discard.reason.${one}`) }))}
            chosen={why}
            onChoose={setWhy}
            className="discard-why"
          />
          <Field
            label={t('discard.pin')}
            value={pin.replaceAll(/./g, '●')}
            placeholder={t('discard.pinPlaceholder')}
            state={problem === null ? (pin === '' ? 'empty' : 'typing') : 'wrong'}
            onClear={() => change('')}
          />
          <div className="message" role="alert">
            {problem !== null ? (
              <Notice tone="err" fact={problemText(t, problem).title} todo={problemText(t, problem).help} />
            ) : refused === null ? null : (
              <Notice tone="err" fact={t(`discard.refused.${refused}`)} />
            )}
          </div>
          <div className="sp" />
          <DigitPad
            label={t('discard.pin')}
            onKey={(digit) => change(pin + digit)}
            onBack={() => change(pin.slice(0, -1))}
          />
        </>
      )}
    </PageFrame>
  );
}

import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useCall, useNow } from '../../api/index.ts';
import { Actions, DigitPad, Field, MainButton, Notice, PageFrame } from '../../components/index.ts';
import type { ScreenProps } from '../../flow/index.ts';
import { problemText } from '../../i18n/index.ts';
import './technician.css';

const MAX_PIN = 12;

/** The PIN pad in front of the maintenance mode. */
export function TechnicianUnlockScreen({ send, endVisit }: ScreenProps): ReactElement {
  const { t } = useTranslation('technician');
  const [pin, setPin] = useState('');
  const [waitUntil, setWaitUntil] = useState(0);
  const unlocking = useCall('technician.unlock');
  const now = useNow(500).getTime();
  const seconds = Math.ceil((waitUntil - now) / 1000);

  const change = (next: string): void => {
    if (unlocking.busy) return;
    unlocking.clear();
    setPin(next.slice(0, MAX_PIN));
  };
  const unlock = async (): Promise<void> => {
    if (pin === '' || seconds > 0) return;
    const answer = await unlocking.run({ pin });
    if (answer === null) return;
    setPin('');
    if (answer.ok) return send({ type: 'technician-unlocked', ...answer.value });
    const wait = answer.error.params['seconds'];
    if (typeof wait === 'number') setWaitUntil(now + wait * 1000);
  };
  const { problem } = unlocking;
  const waits = seconds > 0;
  return (
    <PageFrame
      screen="technician-unlock"
      tone="night"
      wall="middle"
      path={[t('path'), t('audited')]}
      title={t('unlock.title')}
      lead={t('unlock.lead')}
      visitBar={false}
      onBack={() => endVisit('left')}
      actions={
        <Actions>
          <MainButton busy={unlocking.busy} onPress={() => void unlock()}>
            {t(unlocking.busy ? 'unlock.checking' : 'unlock.open')}
          </MainButton>
        </Actions>
      }
    >
      <Field
        label={t('unlock.field')}
        value={pin.replaceAll(/./g, '●')}
        placeholder={t('unlock.placeholder')}
        state={problem !== null && !waits ? 'wrong' : pin === '' ? 'empty' : 'typing'}
        onClear={() => change('')}
      />
      <div className="message" role="alert">
        {waits ? (
          <Notice
            tone="wait"
            fact={problem === null ? t('unlock.waitFact') : problemText(t, problem).title}
            todo={t('unlock.wait', { seconds })}
          />
        ) : problem === null ? null : (
          <Notice
            tone="err"
            fact={problemText(t, problem).title}
            todo={problem.code === 'T606-pin-unreadable' ? problemText(t, problem).help : t('unlock.again')}
          />
        )}
      </div>
      <div className="sp" />
      <DigitPad
        label={t('unlock.field')}
        onKey={(digit) => change(pin + digit)}
        onBack={() => change(pin.slice(0, -1))}
      />
    </PageFrame>
  );
}

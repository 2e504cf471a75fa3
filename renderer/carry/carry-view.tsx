import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { kioskNow } from '../api/kiosk-store.ts';
import { Actions, MainButton, Notice, PageFrame, SecondButton, SmallButton, Waiting } from '../components/index.ts';
import { useLandscape, useModes } from '../flow/modes.ts';
import { useFlow } from '../flow/context.tsx';
import { QrPicture } from './qr-picture.tsx';
import { newDigits, sealForm } from './sealed-form.ts';
import { unfinishedForm } from './unfinished.ts';
import './carry.css';

interface Made {
  readonly digits: string;
  /** Texts of the codes; null when none could be made. */
  readonly parts: readonly string[] | null;
}

/** The unfinished form as QR codes of this page's memory, with the digits that open them. Kept nowhere. */
function useCode(): Made | null {
  const { state } = useFlow();
  const [made, setMade] = useState<Made | null>(null);
  // What is carried is what stood there when the page was opened.
  const [form] = useState(() => unfinishedForm(state));
  useEffect(() => {
    let gone = false;
    const make = async (): Promise<void> => {
      const digits = newDigits();
      const parts = form === null ? null : await sealForm(form, digits, kioskNow().getTime()).catch(() => null);
      if (!gone) setMade({ digits, parts });
    };
    void make();
    return () => {
      gone = true;
    };
  }, [form]);
  return made;
}

/** Half a form goes home on a telephone, and comes back to any kiosk. */
export function CarryView(): ReactElement {
  const { t } = useTranslation('modes');
  const { send, endVisit } = useFlow();
  const { elder } = useModes();
  const landscape = useLandscape();
  const made = useCode();
  const [at, setAt] = useState(0);
  const close = (): void => send({ type: 'overlay', overlay: 'none' });
  const parts = made?.parts ?? [];
  const text = parts[at];
  const failed = made !== null && made.parts === null;
  return (
    <PageFrame
      screen="carry"
      wall="middle"
      title={t('carry.title')}
      lead={t('carry.lead')}
      onBack={close}
      visitBar={false}
      actions={
        <Actions split={elder && !landscape ? 'one' : 'one-two'}>
          <SecondButton onPress={close}>{t('carry.back')}</SecondButton>
          {text === undefined ? (
            <MainButton onPress={close}>{t('carry.back')}</MainButton>
          ) : at + 1 < parts.length ? (
            <MainButton onPress={() => setAt(at + 1)}>
              {t('carry.nextPicture', { now: at + 2, all: parts.length })}
            </MainButton>
          ) : (
            <MainButton icon="sign-out" onPress={() => endVisit('finished')}>
              {t('carry.done')}
            </MainButton>
          )}
        </Actions>
      }
    >
      {made === null ? <Waiting words={t('carry.making')} /> : null}
      {failed ? <Notice tone="err" fact={t('carry.failed')} todo={t('carry.failedTodo')} /> : null}
      {text === undefined || made === null ? null : (
        <div className="carry-desk">
          <QrPicture text={text} label={t('carry.picture', { now: at + 1, all: parts.length })} />
          <div className="carry-words">
            <p className="note">{t('carry.code')}</p>
            <p className="carry-digits" data-private>
              {made.digits.slice(0, 4)} {made.digits.slice(4)}
            </p>
            <p className="note">{t('carry.codeNote')}</p>
            {at === 0 ? null : <SmallButton onPress={() => setAt(at - 1)}>{t('pager.before')}</SmallButton>}
            <Notice tone="plain" icon="id-card" fact={t('carry.without')} todo={t('carry.noFace')} />
          </div>
        </div>
      )}
    </PageFrame>
  );
}

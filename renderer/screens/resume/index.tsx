import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { call, useEvent } from '../../api/index.ts';
import { kioskNow } from '../../api/kiosk-store.ts';
import { carriedValues } from '../../carry/carried-values.ts';
import { DIGITS, openForm, readPart, type CarryFault, type Part } from '../../carry/sealed-form.ts';
import { Actions, DigitPad, Field, GroupedDigits, MainButton, Notice, PageFrame } from '../../components/index.ts';
import type { ScreenProps } from '../../flow/index.ts';
import type { ItemPack } from '../../../electron/domain/item-pack.ts';
import { Shelf } from '../card/shelf.tsx';
import '../../carry/carry.css';

type Trouble = CarryFault | 'gone' | null;

const WORDS: Readonly<Record<Exclude<Trouble, null>, string>> = {
  'wrong-digits': 'wrong',
  'too-old': 'old',
  foreign: 'foreign',
  gone: 'gone',
};

/** Takes the parts of one carried form off the scanner; another form begins anew. */
function useScans(visitId: string | null, active: boolean): { parts: readonly Part[]; strange: boolean } {
  const [parts, setParts] = useState<readonly Part[]>([]);
  const [strange, setStrange] = useState(false);
  useEffect(() => {
    if (visitId === null || !active) return undefined;
    void call('scanner.listen', { visitId, on: true });
    return () => {
      void call('scanner.listen', { visitId, on: false });
    };
  }, [visitId, active]);
  useEvent('code-scanned', (event) => {
    if (event.visitId !== visitId) return;
    const part = readPart(event.text);
    setStrange(part === null);
    if (part === null) return;
    setParts((old) => {
      const same = old.filter((one) => one.name === part.name && one.all === part.all && one.now !== part.now);
      return [...same, part];
    });
  });
  return { parts, strange };
}

/** A form that was carried away goes on: its code, its digits, then the ID card again and the questions as they stood. */
export function ResumeScreen({ state, send, snapshot }: ScreenProps): ReactElement {
  const { t } = useTranslation('modes');
  const scans = snapshot.scanner === 'ready';
  const { parts, strange } = useScans(state.visitId, scans);
  const [digits, setDigits] = useState('');
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>(null);
  const all = parts[0]?.all ?? 0;
  const whole = all > 0 && parts.length === all;

  const open = async (): Promise<void> => {
    setBusy(true);
    const form = await openForm(parts, digits, kioskNow().getTime());
    if (typeof form === 'string') {
      setBusy(false);
      setTrouble(form);
      return;
    }
    const answer = await call('catalogue.item', { itemId: form.itemId });
    setBusy(false);
    if (!answer.ok) {
      setTrouble('gone');
      return;
    }
    // The main process has checked the pack when it was loaded.
    const item = answer.value.item as ItemPack;
    send({ type: 'resumed', item, values: carriedValues(item, form.values) });
  };

  const phone = { phone: snapshot.dutyPhone };
  const message = ((): ReactNode => {
    if (!scans)
      return <Notice tone="wait" icon="scanner" fact={t('resume.noScanner')} todo={t('resume.noScannerTodo', phone)} />;
    if (trouble !== null) {
      return <Notice tone="err" fact={t(`resume.${WORDS[trouble]}`)} todo={t(`resume.${WORDS[trouble]}Todo`, phone)} />;
    }
    if (strange) return <Notice tone="wait" icon="scanner" fact={t('resume.foreign')} todo={t('resume.foreignTodo')} />;
    if (!whole && parts.length > 0) {
      return <Notice tone="info" icon="qr" fact={t('resume.got', { now: parts.length, all })} />;
    }
    return null;
  })();
  const type = (next: string): void => {
    setTrouble(null);
    setDigits(next.slice(0, DIGITS));
  };
  return (
    <PageFrame
      screen="resume"
      wall="middle"
      {...(whole ? { path: [t('resume.entry')] } : {})}
      title={t(whole ? 'resume.codeTitle' : 'resume.title')}
      lead={t(whole ? 'resume.codeLead' : 'resume.lead')}
      lamp={
        scans && !whole ? { side: snapshot.slots.scanner, words: t(`pickup:scanLamp.${snapshot.slots.scanner}`) } : null
      }
      actions={
        whole ? (
          <Actions>
            <MainButton
              iconAfter="arrow-right"
              busy={busy}
              onPress={() => (digits.length === DIGITS ? void open() : setTrouble('wrong-digits'))}
            >
              {t(busy ? 'resume.opening' : 'resume.open')}
            </MainButton>
          </Actions>
        ) : undefined
      }
    >
      {whole ? (
        <Field
          label={t('resume.code')}
          value={digits}
          shown={digits === '' ? '' : <GroupedDigits value={digits} groups={[4, 4]} />}
          placeholder={t('resume.code')}
          icon="qr"
          state={
            trouble === 'wrong-digits'
              ? 'wrong'
              : digits.length === DIGITS
                ? 'checked'
                : digits === ''
                  ? 'empty'
                  : 'typing'
          }
          onClear={() => type('')}
        />
      ) : (
        scans && <Shelf slots={snapshot.slots} scanner={snapshot.scanner} printer={snapshot.printer} lit="scanner" />
      )}
      <div className="resume-message" role="alert">
        {message}
      </div>
      <div className="sp" />
      {whole ? (
        <DigitPad
          label={t('resume.code')}
          onKey={(digit) => type(digits + digit)}
          onBack={() => type(digits.slice(0, -1))}
        />
      ) : null}
    </PageFrame>
  );
}

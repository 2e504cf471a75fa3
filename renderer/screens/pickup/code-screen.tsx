import { useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../../electron/contract/problems.ts';
import type { FieldProblem } from '../../../electron/domain/field-problem.ts';
import { PICKUP_CODE_LENGTH } from '../../../electron/domain/pickup-code.ts';
import { call, useCall, useEvent, useNow } from '../../api/index.ts';
import { Actions, DigitPad, Field, GroupedDigits, MainButton, Notice, PageFrame } from '../../components/index.ts';
import type { ScreenProps } from '../../flow/index.ts';
import { sinceText } from '../../i18n/format.ts';
import { problemText } from '../../i18n/index.ts';
import { mistakeIn, readScan, withDigit } from './typed-code.ts';
import './pickup.css';

/** Not the code's fault: nothing is red then. */
const NOT_THE_CODE: ReadonlySet<Problem['code']> = new Set([
  'L408-too-many-tries',
  'L404-code-not-yet-valid',
  'L401-locker-away',
  'K101-bad-request',
  'K102-no-visit',
  'K103-store-unavailable',
  'K104-no-space',
  'K105-internal',
]);

function Refusal({ refusal, phone }: { refusal: Problem; phone: string }): ReactElement {
  const { t, i18n } = useTranslation('pickup');
  const now = useNow(30_000);
  const { title, help } = problemText(t, { ...refusal, params: { ...refusal.params, phone } });
  const at = refusal.params['at'];
  const used =
    refusal.code === 'L406-code-used' && typeof at === 'string'
      ? t('usedAt', { at: sinceText(at, now, i18n.language === 'en' ? 'en' : 'zh-CN') })
      : '';
  return (
    <Notice
      tone={NOT_THE_CODE.has(refusal.code) ? 'wait' : 'err'}
      fact={title}
      // One text: only a whole one breaks between its words.
      todo={`${used}${help}${help.includes(phone) ? '' : t('duty', { phone })}`}
    />
  );
}

/** Scans or types the code; it is checked here, so it works without the network too. */
export function PickupCodeScreen({ state, send, snapshot }: ScreenProps): ReactElement {
  const { t } = useTranslation('pickup');
  const { visitId } = state;
  const [code, setCode] = useState('');
  const [asked, setAsked] = useState(false);
  const [strange, setStrange] = useState(false);
  const [scanned, setScanned] = useState<FieldProblem | null>(null);
  const checking = useCall('pickup.check');
  const busy = useRef(false);
  const scans = snapshot.scanner === 'ready';

  useEffect(() => {
    if (visitId === null || !scans) return undefined;
    void call('scanner.listen', { visitId, on: true });
    return () => {
      void call('scanner.listen', { visitId, on: false });
    };
  }, [visitId, scans]);

  const check = async (wanted: string): Promise<void> => {
    if (visitId === null || busy.current) return;
    busy.current = true;
    const answer = await checking.run({ visitId, code: wanted });
    busy.current = false;
    if (answer?.ok === true) send({ type: 'pickup-accepted', pickup: answer.value });
  };
  useEvent('code-scanned', (event) => {
    if (event.visitId !== visitId || busy.current) return;
    checking.clear();
    const scan = readScan(event.text);
    setStrange(scan.kind === 'other');
    setScanned(scan.kind === 'wrong' ? scan.problem : null);
    setAsked(false);
    if (scan.kind === 'other') return;
    setCode(scan.code);
    if (scan.kind === 'code') void check(scan.code);
  });

  const change = (next: string): void => {
    if (busy.current) return;
    checking.clear();
    setAsked(false);
    setStrange(false);
    setScanned(null);
    setCode(next);
  };
  const mistake = scanned ?? mistakeIn(code, asked);
  const go = (): void => {
    setStrange(false);
    setAsked(true);
    if (mistakeIn(code, true) === null) void check(code);
  };

  const message = ((): ReactNode => {
    if (checking.problem !== null) return <Refusal refusal={checking.problem} phone={snapshot.dutyPhone} />;
    if (strange) return <Notice tone="wait" icon="scanner" fact={t('scannedOther')} todo={t('scannedOtherHelp')} />;
    if (mistake === null) return null;
    return (
      <Notice
        tone="err"
        fact={t(`fields:field.${mistake.code}.title`, { ...mistake.params })}
        todo={t(`fields:field.${mistake.code}.help`, { ...mistake.params })}
      />
    );
  })();
  const wrong = mistake !== null || (checking.problem !== null && !NOT_THE_CODE.has(checking.problem.code));
  const whole = code.length === PICKUP_CODE_LENGTH && !wrong;
  return (
    <PageFrame
      screen="pickup-code"
      wall="middle"
      path={[t('ui:functions.collect.title')]}
      title={t(scans ? 'titleScan' : 'title')}
      lead={t(scans ? 'leadScan' : 'lead')}
      lamp={
        // A message takes the strip's place: on a landscape panel the digit pad needs the room.
        scans && code === '' && checking.problem === null && !strange
          ? { side: snapshot.slots.scanner, words: t(`scanLamp.${snapshot.slots.scanner}`) }
          : null
      }
      actions={
        <Actions>
          <MainButton icon="door" busy={checking.busy} onPress={go}>
            {t(checking.busy ? 'checking' : 'check')}
          </MainButton>
        </Actions>
      }
    >
      <Field
        label={t('field')}
        value={code}
        shown={code === '' ? '' : <GroupedDigits value={code} groups={[4, 4]} wrong={wrongPlaces(mistake)} />}
        placeholder={t('placeholder')}
        icon="qr"
        state={wrong ? 'wrong' : whole ? 'checked' : code === '' ? 'empty' : 'typing'}
        onClear={() => change('')}
      />
      <div className="pickup-message" role="alert">
        {message}
      </div>
      {message === null ? (
        <Notice
          tone={snapshot.network.state === 'down' ? 'wait' : 'plain'}
          icon={snapshot.network.state === 'down' ? 'offline' : 'mobile'}
          fact={t(snapshot.network.state === 'down' ? 'offline' : 'where')}
          {...(snapshot.network.state === 'down' ? { todo: t('offlineNote') } : {})}
        />
      ) : null}
      <div className="sp" />
      <DigitPad
        label={t('field')}
        onKey={(digit) => change(withDigit(code, digit))}
        onBack={() => change(code.slice(0, -1))}
      />
    </PageFrame>
  );
}

/** Places to underline. */
function wrongPlaces(problem: FieldProblem | null): readonly number[] {
  if (problem?.wrong === undefined) return [];
  const [from, to] = problem.wrong;
  return Array.from({ length: to - from }, (_, index) => from + index);
}

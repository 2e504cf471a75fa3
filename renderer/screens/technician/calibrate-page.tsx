import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type {
  CalibrationDto,
  DeviceSettingDto,
  DriverDto,
  KioskSnapshot,
  SettingFault,
} from '../../../electron/contract/dto.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { Actions, Icon, MainButton, Notice, PageFrame, SecondButton, Waiting } from '../../components/index.ts';
import { LockerPicture } from '../pickup/locker-picture.tsx';
import { FactRows } from './device-page.tsx';
import { Fault } from './edit-device.tsx';
import type { Ask } from './use-session.ts';

type Said = 'done' | 'pulse' | 'stop';

/** A calibration under way; left without saving it changes nothing. */
function useCalibration(ask: Ask, setting: DeviceSettingDto, version: number, onSaved: (version: number) => void) {
  const [now, setNow] = useState<CalibrationDto | null>(null);
  const [fault, setFault] = useState<SettingFault | null>(null);
  const [busy, setBusy] = useState(true);
  const draft = useRef(setting);
  const over = useRef(false);
  const begin = useCallback(async (): Promise<void> => {
    setBusy(true);
    setFault(null);
    setNow(null);
    const answer = await ask('technician.calibrationBegin', { setting: draft.current });
    if (answer === null) return;
    setBusy(false);
    if (!answer.ok) return setFault({ field: 'address', reason: answer.error.code });
    setNow(answer.value.calibration);
    setFault(answer.value.fault);
  }, [ask]);
  useEffect(() => {
    over.current = false;
    void begin();
    return () => {
      if (!over.current) void ask('technician.calibrationEnd', {});
      over.current = true;
    };
  }, [ask, begin]);
  const say = async (said: Said): Promise<void> => {
    setBusy(true);
    const answer = await ask('technician.calibrationAnswer', { said });
    if (answer === null) return;
    setBusy(false);
    if (!answer.ok) return setFault({ field: 'address', reason: answer.error.code });
    // It was ended meanwhile: it begins anew.
    if (answer.value.calibration === null) return begin();
    return setNow(answer.value.calibration);
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    const answer = await ask('technician.calibrationSave', { baseVersion: version });
    if (answer === null) return;
    setBusy(false);
    over.current = true;
    if (!answer.ok) return setFault({ field: 'version', reason: answer.error.code });
    if (answer.value.saved) return onSaved(answer.value.version);
    return setFault(answer.value.fault);
  };
  return { now, fault, busy, begin, say, save };
}

/** The real locker with the door that is meant; where its place is not known, a plain sign. */
function DoorPicture(props: { layout: KioskSnapshot['locker']; step: CalibrationDto['step'] }): ReactElement | null {
  const { layout, step } = props;
  const cell = step.kind === 'open' || step.kind === 'close' ? step.door.cell : null;
  if (layout === null) return <Icon name="locker" className="cal-sign" />;
  if (step.kind === 'close-all') return <LockerPicture layout={layout} cell="" look="shut" />;
  if (cell === null) return <Icon name="locker" className="cal-sign" />;
  return <LockerPicture layout={layout} cell={cell} look={step.kind === 'open' ? 'aim' : 'closing'} />;
}

/** Guided calibration of the door sensors: one thing to do at a time, nothing saved before the end. */
export function CalibratePage(props: {
  readonly ask: Ask;
  readonly setting: DeviceSettingDto;
  readonly driver: DriverDto | undefined;
  readonly version: number;
  readonly locker: KioskSnapshot['locker'];
  readonly language: Language;
  readonly onBack: () => void;
  readonly onSaved: (version: number) => void;
}): ReactElement {
  const { t } = useTranslation('technician');
  const { ask, setting, driver, version, locker, language, onBack, onSaved } = props;
  const { now, fault, busy, begin, say, save } = useCalibration(ask, setting, version, onSaved);
  const step = now?.step ?? null;
  const door =
    step !== null && (step.kind === 'open' || step.kind === 'close')
      ? step.door.cell === null
        ? t('calibrate.lock', { board: step.door.board, lock: step.door.lock })
        : t('calibrate.cell', { cell: step.door.cell })
      : '';
  const under = step !== null && (step.kind === 'close-all' || step.kind === 'open' || step.kind === 'close');
  const title =
    step === null
      ? t(fault === null ? 'calibrate.searching' : 'calibrate.cannotBegin')
      : step.kind === 'open' || step.kind === 'close'
        ? t(`calibrate.title.${step.kind}`, { door })
        : t(`calibrate.title.${step.kind}`);
  const again = under && step.again;
  return (
    <PageFrame
      screen="technician"
      tone="night"
      wall="middle"
      path={[t('path'), t('class.pickup-locker'), t('calibrate.name')]}
      title={title}
      over={under && now !== null && now.steps > 0 ? t('calibrate.place', { at: now.at, steps: now.steps }) : undefined}
      lead={
        under
          ? t(`calibrate.lead.${step.kind}`)
          : step?.kind === 'done'
            ? t('calibrate.lead.done')
            : step === null && fault === null
              ? t('calibrate.searchingLead')
              : undefined
      }
      onBack={onBack}
      visitBar={false}
      actions={
        under ? (
          <Actions split="one-two">
            <SecondButton onPress={onBack}>{t('calibrate.cancel')}</SecondButton>
            <MainButton icon="check" busy={busy} onPress={() => void say('done')}>
              {busy ? t('calibrate.reading') : t(`calibrate.did.${step.kind}`)}
            </MainButton>
          </Actions>
        ) : step?.kind === 'done' && fault === null ? (
          <Actions split="one-two">
            <SecondButton onPress={onBack}>{t('calibrate.drop')}</SecondButton>
            <MainButton busy={busy} onPress={() => void save()}>
              {t(busy ? 'edit.saving' : 'calibrate.save')}
            </MainButton>
          </Actions>
        ) : step === null && fault === null ? (
          <Actions>
            <SecondButton onPress={onBack}>{t('calibrate.cancel')}</SecondButton>
          </Actions>
        ) : (
          <Actions split="one-two">
            <SecondButton onPress={onBack}>{t('calibrate.back')}</SecondButton>
            <MainButton icon="play" busy={busy} onPress={() => void begin()}>
              {t('calibrate.anew')}
            </MainButton>
          </Actions>
        )
      }
    >
      <div className="cal">
        {fault === null ? null : <Fault fault={fault} />}
        {step === null && fault === null ? (
          <Waiting words={t('calibrate.wait')} next={t('calibrate.waitLong')} since />
        ) : null}
        {under ? (
          <>
            {again ? (
              <Notice tone="wait" live fact={t(`calibrate.again.${step.kind}`)} todo={t('calibrate.againNote')} />
            ) : (
              <Notice tone="plain" fact={t('calibrate.nothingSaved')} />
            )}
            <DoorPicture layout={locker} step={step} />
            {step.kind === 'open' && !busy ? (
              <SecondButton icon="locker" onPress={() => void say('pulse')}>
                {t('calibrate.pulse')}
              </SecondButton>
            ) : null}
          </>
        ) : null}
        {step?.kind === 'done' && fault === null ? (
          <>
            <Notice
              tone="ok"
              live
              fact={t(step.changed.length === 0 ? 'calibrate.same' : 'calibrate.found')}
              todo={step.remarks.length === 0 ? undefined : step.remarks.join(' ')}
            />
            <FactRows
              facts={Object.entries(step.options).map(([key, value]) => ({
                name: driver?.options.find((option) => option.key === key)?.label[language] ?? key,
                value: (
                  <>
                    <span className="mono">{value}</span>
                    {step.changed.includes(key) ? <em className="cal-new">{t('calibrate.changed')}</em> : null}
                  </>
                ),
              }))}
            />
            {step.offset === 0 ? null : <Notice tone="wait" fact={t('calibrate.offset', { count: step.offset })} />}
          </>
        ) : null}
        {step?.kind === 'cannot-tell' ? (
          <Notice
            tone="err"
            live
            fact={t(`calibrate.reason.${step.reason}`)}
            todo={<span className="mono test-detail">{step.detail}</span>}
          />
        ) : null}
      </div>
    </PageFrame>
  );
}

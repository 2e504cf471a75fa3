import { useCallback, useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceHealthDto, HealthEdgeDto, SupplyDto } from '../../../electron/contract/dto.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { useNow } from '../../api/index.ts';
import { Actions, MainButton, Notice, PageFrame, Scroll, SecondButton, StateTag } from '../../components/index.ts';
import { sinceText } from '../../i18n/format.ts';
import { deviceLook, lastedOf, type DeviceClass } from './device-look.ts';
import type { Ask } from './use-session.ts';

/** What a technician understands of what is counted. */
const COUNTERS: readonly string[] = ['prints', 'cuts', 'opens', 'reads', 'codes', 'ratings', 'pulses'];
/** How many changes are shown. */
const SHOWN = 20;

/** Facts one below the other: what is long has room. */
export function FactRows({ facts }: { facts: readonly { name: string; value: ReactNode }[] }): ReactElement {
  return (
    <dl className="tfacts">
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A supply in words: its state, and what is left of it where the device knows. */
export function SupplyWords({ supply }: { supply: SupplyDto }): ReactElement {
  const { t } = useTranslation('technician');
  const { state, left, lowAt, unit = 'millimetres' } = supply;
  const amount = (value: number): string =>
    unit === 'millimetres'
      ? t('supply.metres', { count: Math.round(value / 100) / 10 })
      : t(`supply.${unit}`, { count: value });
  return (
    <>
      {t(`supply.state.${state}`)}
      {left === undefined || state === 'out' ? null : t('supply.and') + t('supply.left', { amount: amount(left) })}
      {lowAt === undefined ? null : <span className="note"> {t('supply.lowAt', { amount: amount(lowAt) })}</span>}
    </>
  );
}

/** One device: how it is, what it has used up and done, how it was. */
export function DevicePage(props: {
  readonly deviceClass: DeviceClass;
  readonly health: DeviceHealthDto | undefined;
  readonly language: Language;
  readonly ask: Ask;
  readonly onBack: () => void;
  readonly onTest: () => void;
  /** Opens the guided calibration; left out for what has nothing to calibrate. */
  readonly onCalibrate?: (() => void) | undefined;
  readonly reload: () => void;
}): ReactElement {
  const { t } = useTranslation('technician');
  const { deviceClass, health, language, ask, onBack, onTest, onCalibrate, reload } = props;
  const now = useNow(10_000);
  const [history, setHistory] = useState<readonly HealthEdgeDto[]>([]);
  const [replaced, setReplaced] = useState(false);
  const status = health?.status;
  const load = useCallback((): void => {
    void ask('technician.device', { deviceClass }).then((answer) => {
      if (answer?.ok === true) setHistory(answer.value.history);
    });
  }, [ask, deviceClass]);
  useEffect(load, [load, status]);
  const paper = async (): Promise<void> => {
    const answer = await ask('technician.paperReplaced', {});
    if (answer?.ok === true) setReplaced(true);
    reload();
  };
  const look = deviceLook(health);
  const device = t(`class.${deviceClass}`);
  // Only a printer that knows its roll's length says what is left.
  const measures = health?.supplies?.some(({ name, left }) => name === 'paper' && left !== undefined) === true;
  const counters = Object.entries(health?.counters ?? {}).filter(([name]) => COUNTERS.includes(name));
  const facts = [
    {
      name: t('device.state'),
      value: (
        <StateTag tone={look.tone}>
          {health === undefined
            ? t(`state.${look.word}`)
            : t('device.stateSince', { state: t(`state.${look.word}`), since: sinceText(health.since, now, language) })}
        </StateTag>
      ),
    },
    ...(health?.fault === undefined || health.fault === null
      ? []
      : [{ name: t('device.fault'), value: t(`deviceFault.${health.fault}`, { defaultValue: health.fault }) }]),
    ...(health?.supplies ?? []).map((supply) => ({
      name: t(`supply.name.${supply.name}`),
      value: <SupplyWords supply={supply} />,
    })),
    ...(counters.length === 0
      ? []
      : [
          {
            name: t('device.done'),
            value: counters
              .map(([name, count]) => t(`counter.${name}`, { count, defaultValue: `${name} ${count}` }))
              .join(t('supply.and')),
          },
        ]),
    ...(health === undefined || health.identity === null
      ? []
      : [{ name: t('device.identity'), value: <span className="mono">{health.identity}</span> }]),
    { name: t('edit.address'), value: <span className="mono">{health?.address ?? ''}</span> },
  ];
  return (
    <PageFrame
      screen="technician"
      tone="night"
      wall="low"
      path={[t('path'), t('tab.devices')]}
      title={device}
      onBack={onBack}
      visitBar={false}
      actions={
        <Actions split="one-two">
          <SecondButton onPress={onBack}>{t('edit.back')}</SecondButton>
          <MainButton icon="play" onPress={onTest}>
            {t('testing.run')}
          </MainButton>
        </Actions>
      }
    >
      <Scroll label={device} className="edit tdetail">
        {health !== undefined && look.needsWork && health.detail !== '' ? (
          <Notice
            tone="err"
            fact={t(`state.${look.word}`)}
            todo={<span className="mono test-detail">{health.detail}</span>}
          />
        ) : null}
        <FactRows facts={facts} />
        {deviceClass === 'receipt-printer' ? (
          <div className="tdetail-act">
            {!replaced ? null : (
              <Notice tone="ok" live fact={t('paper.done')} todo={t(measures ? 'paper.measured' : 'paper.noted')} />
            )}
            <SecondButton icon="receipt" onPress={() => void paper()}>
              {t('paper.replaced')}
            </SecondButton>
          </div>
        ) : null}
        {onCalibrate === undefined ? null : (
          <div className="tdetail-act">
            <SecondButton icon="locker" onPress={onCalibrate}>
              {t('calibrate.begin')}
            </SecondButton>
          </div>
        )}
        <h2 className="h2 tdetail-h">{t('device.history')}</h2>
        {history.length === 0 ? <p className="note">{t('device.noHistory')}</p> : null}
        <ol className="tedges">
          {history.slice(0, SHOWN).map((edge, index) => {
            const was = deviceLook({ status: edge.status, paper: edge.paper });
            const { unit, count } = lastedOf(edge.lastedMs ?? 0);
            return (
              <li key={`${edge.at} ${index}`}>
                <span className="note">{sinceText(edge.at, now, language)}</span>
                <StateTag tone={was.tone}>{t(`state.${was.word}`)}</StateTag>
                <span className="note">
                  {edge.lastedMs === null ? t('device.stillSo') : t(`device.lasted.${unit}`, { count })}
                </span>
                {edge.detail === '' ? null : <span className="mono tedge-why">{edge.detail}</span>}
              </li>
            );
          })}
        </ol>
      </Scroll>
    </PageFrame>
  );
}

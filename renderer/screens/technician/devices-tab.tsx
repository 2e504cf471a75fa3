import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../../electron/contract/calls.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { useNow } from '../../api/index.ts';
import { Icon, Scroll, SmallButton, StateTag } from '../../components/index.ts';
import { sinceText } from '../../i18n/format.ts';
import { agoOf, CLASS_ICON, CLASSES, deviceLook, type DeviceClass } from './device-look.ts';

export type DevicesView = CallOutput<'technician.devices'>;

interface Props {
  readonly view: DevicesView;
  readonly language: Language;
  readonly onTest: (deviceClass: DeviceClass) => void;
  readonly onEdit: (deviceClass: DeviceClass) => void;
  readonly onLook: (deviceClass: DeviceClass) => void;
  readonly onSound: () => void;
}

function DeviceRow({
  view,
  language,
  deviceClass,
  onTest,
  onEdit,
  onLook,
}: Props & { deviceClass: DeviceClass }): ReactElement {
  const { t } = useTranslation('technician');
  const now = useNow(30_000);
  const health = view.devices.find((one) => one.deviceClass === deviceClass);
  const setting = view.settings.find((one) => one.deviceClass === deviceClass);
  const look = deviceLook(setting === undefined ? undefined : health);
  const driver = view.drivers.find((one) => one.id === setting?.driver && one.deviceClass === deviceClass);
  const name = t(`class.${deviceClass}`);
  const answer = ((): string => {
    if (setting === undefined || health === undefined) return t('notConfigured');
    if (look.needsWork) return t('since', { since: sinceText(health.since, now, language) });
    if (health.lastAnswerAgoMs === null) return t('noAnswerYet');
    const { unit, count } = agoOf(health.lastAnswerAgoMs);
    return t(`ago.${unit}`, { count });
  })();
  const paper = health?.supplies?.find((supply) => supply.name === 'paper' && supply.left !== undefined);
  const what = (
    <>
      <b>
        {name}
        {setting === undefined ? null : <Icon name="chevron-right" className="tdev-go" />}
      </b>
      <span className="mono">{setting === undefined ? t('noAddress') : setting.address}</span>
      {look.needsWork && health !== undefined && health.detail !== '' ? (
        <span className="mono tdev-why">{health.detail}</span>
      ) : driver === undefined ? null : (
        <span className="note tdev-driver">{driver.name[language]}</span>
      )}
    </>
  );
  return (
    <li className="tdev">
      <Icon name={CLASS_ICON[deviceClass]} className="lead-ic" />
      {setting === undefined ? (
        <div className="tdev-what">{what}</div>
      ) : (
        <button type="button" className="tdev-what" onClick={() => onLook(deviceClass)}>
          {what}
        </button>
      )}
      <div className="tdev-state">
        <StateTag tone={look.tone} {...(look.word === 'none' ? { icon: 'absent' as const } : {})}>
          {t(`state.${look.word}`)}
        </StateTag>
        <span className="note">
          {paper?.left === undefined || look.needsWork
            ? answer
            : t('supply.left', { amount: t('supply.metres', { count: Math.round(paper.left / 100) / 10 }) })}
        </span>
      </div>
      <div className="tdev-acts">
        {setting === undefined ? (
          <SmallButton name={t('setupName', { device: name })} onPress={() => onEdit(deviceClass)}>
            {t('setup')}
          </SmallButton>
        ) : (
          <>
            <SmallButton name={t('testName', { device: name })} onPress={() => onTest(deviceClass)}>
              {t('test')}
            </SmallButton>
            <SmallButton
              tone={look.needsWork ? 'solid' : 'ghost'}
              name={t(look.needsWork ? 'fixName' : 'setupName', { device: name })}
              onPress={() => onEdit(deviceClass)}
            >
              {t(look.needsWork ? 'fix' : 'setup')}
            </SmallButton>
          </>
        )}
      </div>
    </li>
  );
}

/** Every device of the kiosk with its state, live; those that are not installed stand at the end. */
export function DevicesTab(props: Props): ReactElement {
  const { t } = useTranslation('technician');
  const there = (deviceClass: DeviceClass): boolean =>
    props.view.settings.some((one) => one.deviceClass === deviceClass);
  return (
    <Scroll label={t('tab.devices')}>
      <ul className="tdevs" aria-label={t('tab.devices')}>
        {[...CLASSES.filter(there), ...CLASSES.filter((one) => !there(one))].map((deviceClass) => (
          <DeviceRow key={deviceClass} {...props} deviceClass={deviceClass} />
        ))}
        <li className="tdev">
          <Icon name="speech" className="lead-ic" />
          <div className="tdev-what">
            <b>{t('sound.title')}</b>
            <span className="note tdev-driver">{t('sound.about')}</span>
          </div>
          <div className="tdev-state" />
          <div className="tdev-acts">
            <SmallButton name={t('setupName', { device: t('sound.title') })} onPress={props.onSound}>
              {t('setup')}
            </SmallButton>
          </div>
        </li>
      </ul>
    </Scroll>
  );
}

import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { PortDto } from '../../../electron/contract/dto.ts';
import { Icon } from '../../components/index.ts';
import { isPort, schemeOf } from './address-text.ts';
import type { DeviceClass } from './device-look.ts';

/** How well a port suits a device: 0 says so itself, 1 may be it, 2 nothing is known, 3 is another device's. */
function rank(port: PortDto, deviceClass: DeviceClass): number {
  if (port.usedBy !== null && port.usedBy !== deviceClass) return 3;
  const fit = port.fits.find((one) => one.deviceClass === deviceClass);
  return fit === undefined ? 2 : fit.sure ? 0 : 1;
}

/** What is plugged in and works with the driver, the likeliest first. */
export function PortList(props: {
  readonly ports: readonly PortDto[];
  readonly deviceClass: DeviceClass;
  readonly schemes: readonly string[];
  readonly address: string;
  readonly onChoose: (address: string) => void;
}): ReactElement {
  const { t } = useTranslation('technician');
  const { ports, deviceClass, schemes, address, onChoose } = props;
  const suited = ports
    .filter((port) => schemes.length === 0 || schemes.includes(schemeOf(port.address)))
    .toSorted((a, b) => rank(a, deviceClass) - rank(b, deviceClass));
  const others = ports.length - suited.length;
  return (
    <>
      <ul className="edit-ports" aria-label={t('edit.ports')}>
        {suited.map((port) => {
          const here = isPort(address, port.address);
          const { kind, label, ids, serialNumber, node, usedBy } = port;
          const where = [t(`port.${kind}`), ids, serialNumber, node === label ? null : node].filter(
            (part) => part !== null && part !== '',
          );
          const sure = rank(port, deviceClass) === 0;
          return (
            <li key={port.address}>
              <button
                type="button"
                className={here ? 'port on' : 'port'}
                aria-pressed={here}
                onClick={() => onChoose(port.address)}
              >
                <b>{label}</b>
                <span className="note">{where.join(' · ')}</span>
                {usedBy !== null && usedBy !== deviceClass ? (
                  <span className="note port-used">{t('port.usedBy', { device: t(`class.${usedBy}`) })}</span>
                ) : sure ? (
                  <span className="note port-sure">{t('port.sure')}</span>
                ) : null}
                {here ? <Icon name="check-circle" /> : null}
              </button>
            </li>
          );
        })}
      </ul>
      {others > 0 ? <p className="note edit-others">{t('port.others', { count: others })}</p> : null}
    </>
  );
}

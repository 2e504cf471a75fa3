import type { DeviceClass } from '../../model/device.ts';
import { escposProtocol } from './escpos.ts';
import type { Protocol } from './frames.ts';
import {
  bcc8aProtocol,
  cu12Protocol,
  cu16Protocol,
  cu48Protocol,
  cuProtocol,
  modbusProtocol,
  wklyProtocol,
} from './lockers.ts';
import { hidPosProtocol } from './hid-pos.ts';
import { inputModuleProtocol, radarProtocol, rangeProtocol } from './presence.ts';
import { sdtHidProtocol } from './sdt-hid.ts';
import { sdtProtocol } from './sdt.ts';
import { plainProtocol, textProtocol } from './text.ts';

/** How the line of a driver is decoded, by driver id. */
const OF_DRIVER: Readonly<Record<string, () => Protocol>> = {
  sdt: sdtProtocol,
  'sdt-hid': sdtHidProtocol,
  'hid-pos-scanner': hidPosProtocol,
  escpos: escposProtocol,
  'kerong-cu48': cu48Protocol,
  'kerong-cu16': cu16Protocol,
  'kerong-cu12': cu12Protocol,
  'kerong-cu': cuProtocol,
  'bcc-8a': bcc8aProtocol,
  wkly: wklyProtocol,
  'modbus-relay': modbusProtocol,
  'modbus-input': inputModuleProtocol,
  'ultrasonic-uart': rangeProtocol,
  ld2410: radarProtocol,
};

/** Classes whose devices tell nothing about a person. */
const NOTHING_PERSONAL: readonly DeviceClass[] = ['pickup-locker', 'evaluation-keypad', 'presence-sensor'];

/** The protocol of a driver; one that nobody wrote down is shown as text or plain bytes. */
export function protocolOf(deviceClass: DeviceClass, driver: string): Protocol {
  const known = OF_DRIVER[driver];
  if (known !== undefined) return known();
  return NOTHING_PERSONAL.includes(deviceClass) ? plainProtocol() : textProtocol();
}

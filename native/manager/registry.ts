import { hidPosScanner, hidWedgeScanner, serialScanner } from '../code-scanner/index.ts';
import { hidKeypad, serialKeypad } from '../evaluation-keypad/index.ts';
import { sdtHidReader, sdtReader } from '../id-card-reader/index.ts';
import {
  bcc8aLocker,
  kerongCu12Locker,
  kerongCu16Locker,
  kerongCu48Locker,
  kerongCuLocker,
  modbusRelayLocker,
  wklyLocker,
} from '../pickup-locker/index.ts';
import { escposPrinter } from '../receipt-printer/index.ts';
import { windowCamera } from '../document-camera/index.ts';
import { ippPrinter, windowsSpooler } from '../page-printer/index.ts';
import { modbusInput, modemLine, radarSensor, ultrasonicSensor } from '../presence-sensor/index.ts';
import { pcscReader } from '../social-security-card-reader/index.ts';
import type { DriverRegistry } from './driver-types.ts';

/** Every driver that this build knows. A new one is one more entry in its class's line. */
export const driverRegistry: DriverRegistry = {
  'id-card-reader': [sdtReader, sdtHidReader],
  'receipt-printer': [escposPrinter],
  'pickup-locker': [
    kerongCu48Locker,
    kerongCu16Locker,
    kerongCu12Locker,
    kerongCuLocker,
    bcc8aLocker,
    wklyLocker,
    modbusRelayLocker,
  ],
  'evaluation-keypad': [serialKeypad, hidKeypad],
  'code-scanner': [serialScanner, hidPosScanner, hidWedgeScanner],
  'social-security-card-reader': [pcscReader],
  'page-printer': [ippPrinter, windowsSpooler],
  'document-camera': [windowCamera],
  'presence-sensor': [modbusInput, modemLine, radarSensor, ultrasonicSensor],
};

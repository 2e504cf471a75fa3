import type { DeviceClass } from '../model/device.ts';
import { CODE_SCANNER } from './code-scanner.ts';
import type { DeviceCommand } from './common.ts';
import { DOCUMENT_CAMERA } from './document-camera.ts';
import { EVALUATION_KEYPAD } from './evaluation-keypad.ts';
import { EVERY_CLASS } from './every-class.ts';
import { ID_CARD_READER } from './id-card-reader.ts';
import { PAGE_PRINTER } from './page-printer.ts';
import { PICKUP_LOCKER } from './pickup-locker.ts';
import { RECEIPT_PRINTER } from './receipt-printer.ts';
import { SELF_TESTS } from './self-tests.ts';
import { SOCIAL_SECURITY_CARD_READER } from './social-security-card-reader.ts';

/** The commands of each class, one file a class. A class that is not here has `status` and `watch`. */
const OF_CLASS: Readonly<Partial<Record<DeviceClass, readonly DeviceCommand[]>>> = {
  'id-card-reader': ID_CARD_READER,
  'receipt-printer': RECEIPT_PRINTER,
  'pickup-locker': PICKUP_LOCKER,
  'evaluation-keypad': EVALUATION_KEYPAD,
  'code-scanner': CODE_SCANNER,
  'social-security-card-reader': SOCIAL_SECURITY_CARD_READER,
  'page-printer': PAGE_PRINTER,
  'document-camera': DOCUMENT_CAMERA,
};

/** All commands of a class: those of every class first, where the class has none of its own by the same word. */
export function commandsOf(deviceClass: DeviceClass): readonly DeviceCommand[] {
  const own = OF_CLASS[deviceClass] ?? [];
  const replaced = EVERY_CLASS.map(({ word }) => own.find((command) => command.word === word)).filter(
    (command) => command !== undefined,
  );
  const common = EVERY_CLASS.map((command) => replaced.find(({ word }) => word === command.word) ?? command);
  const test = SELF_TESTS[deviceClass];
  return [
    ...common,
    ...(test === undefined || own.some(({ word }) => word === test.word) ? [] : [test]),
    ...own.filter((command) => !replaced.includes(command)),
  ];
}

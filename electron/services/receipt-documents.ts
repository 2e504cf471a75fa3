import type { ItemPack } from '../domain/item-pack.ts';
import type { Language } from '../domain/text.ts';
import type { ReceiptDocument } from '../../native/model/receipt-document.ts';
import { localDateTime, localTime, type KioskIdentity, type Translate } from './kiosk.ts';
import type { CaseRecord, PickupRecord } from './ports.ts';
import { fillTemplate, type Fields } from './receipt-template.ts';
import { CASE_TEMPLATE, PICKUP_TEMPLATE, TEST_TEMPLATE } from './receipt-templates.ts';

/** What every receipt needs besides its subject. Times are milliseconds since 1970. */
export interface ReceiptContext {
  readonly kiosk: KioskIdentity;
  readonly language: Language;
  readonly translate: Translate;
  readonly printedAt: number;
  /** 1 for the first copy. */
  readonly copy: number;
  readonly networkUp: boolean;
}

/** Fields of head and foot. */
function commonFields({ kiosk, language, printedAt, copy }: ReceiptContext): Fields {
  return {
    hall: kiosk.hallName[language],
    room: kiosk.roomName[language],
    number: kiosk.number,
    hotline: kiosk.hotline,
    time: localDateTime(printedAt, kiosk.timeZone),
    copy,
  };
}

const lookupOf = (kiosk: KioskIdentity, tracking: string): string =>
  kiosk.lookupUrl.replace('{tracking}', tracking.replaceAll(' ', ''));

/** What stands beside "sent to the platform". */
function sentNote(record: CaseRecord, networkUp: boolean, timeZone: string): Fields[string] {
  if (record.receivedAt !== null) return localTime(record.receivedAt, timeZone);
  if (record.state === 'refused' || record.state === 'parked') return { t: 'step.notTaken' };
  return { t: networkUp ? 'step.waitingPlatform' : 'step.waitingNetwork' };
}

/** Receipt of a case: says where the case is at the moment of printing, in the same words as the screen. */
export function caseReceipt(record: CaseRecord, pack: ItemPack | null, context: ReceiptContext): ReceiptDocument {
  const { kiosk, language, translate, networkUp } = context;
  const time = (at: number): string => localTime(at, kiosk.timeZone);
  const reached = record.receivedAt !== null;
  const waits = record.state === 'kept';
  const limit = pack?.guide.timeLimit[language] ?? '';
  const decidedAt = record.state === 'approved' ? record.decidedAt : null;
  const fields: Fields = {
    ...commonFields(context),
    // Waiting for the network and waiting for a slow platform are not the same.
    words: waits && networkUp ? 'keptTrying' : record.state,
    limit,
    // The office's time begins when the platform has the case; once it has, the state says so itself.
    limitOnceSent: waits && limit !== '',
    // Before that the platform knows nothing that the code could show.
    scan: { t: waits || record.state === 'parked' ? 'scanLater' : 'scan' },
    outcome: record.outcome?.[language] ?? '',
    tracking: record.trackingNumber,
    item: record.itemName[language],
    applicant: record.applicantMasked,
    keptAt: localDateTime(record.keptAt, kiosk.timeZone),
    keptTime: time(record.keptAt),
    kept: true,
    reached,
    sentNote: sentNote(record, networkUp, kiosk.timeZone),
    decided: decidedAt !== null,
    decidedNote: decidedAt !== null ? time(decidedAt) : { t: reached ? 'step.waitingOffice' : '' },
    lookup: lookupOf(kiosk, record.trackingNumber),
    ...(record.caseNumber === null ? {} : { caseNumber: record.caseNumber }),
  };
  return fillTemplate(CASE_TEMPLATE, fields, language, translate);
}

/** Receipt of a pick-up: records what the sensor saw, never that things were taken. */
export function pickupReceipt(record: PickupRecord, context: ReceiptContext): ReceiptDocument {
  const { kiosk, language, translate } = context;
  const time = (at: number | null): string => (at === null ? '' : localTime(at, kiosk.timeZone));
  const closed = record.closedAt !== null;
  const fields: Fields = {
    ...commonFields(context),
    words: closed ? 'collected' : 'opened',
    cell: record.cell,
    holder: record.holder,
    contents: record.contents.map(({ name, count }, index) => ({
      contentsKey: { t: index === 0 ? 'key.contents' : '' },
      name: name[language],
      count,
    })),
    codeChecked: true,
    opened: record.openedAt !== null,
    openedTime: time(record.openedAt),
    closed,
    closedNote: closed ? time(record.closedAt) : { t: 'step.stillOpen' },
  };
  return fillTemplate(PICKUP_TEMPLATE, fields, language, translate);
}

/** Page that a technician prints to see that paper, knife, Chinese, QR code and bars work. */
export function testReceipt(
  device: { readonly driver: string; readonly address: string },
  context: ReceiptContext,
): ReceiptDocument {
  const { kiosk, language, translate } = context;
  const fields: Fields = {
    ...commonFields(context),
    copy: 1,
    driver: device.driver,
    device: device.address,
    sample: '龘 㐂 𠮷 㛃 𬭚 ABCabc 0123456789',
    lookup: lookupOf(kiosk, 'TEST'),
    bars: 'TEST0000',
  };
  return fillTemplate(TEST_TEMPLATE, fields, language, translate);
}

import type { ItemPack } from '../domain/item-pack.ts';
import type { Language } from '../domain/text.ts';
import type { ReceiptDocument, ReceiptLine } from '../../native/model/receipt-document.ts';
import { localDateTime, localTime, type KioskIdentity, type Translate } from './kiosk.ts';
import type { CaseRecord, PickupRecord } from './ports.ts';

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

function head(context: ReceiptContext, kind: 'case' | 'pickup' | 'test'): ReceiptLine[] {
  const { kiosk, language, translate } = context;
  return [
    { kind: 'text', text: kiosk.hallName[language], align: 'center', size: 'double', bold: true },
    {
      kind: 'text',
      text: translate(language, 'kiosk', { room: kiosk.roomName[language], number: kiosk.number }),
      align: 'center',
    },
    { kind: 'rule' },
    { kind: 'text', text: translate(language, `kind.${kind}`), align: 'center', size: 'double-height', bold: true },
  ];
}

function foot(context: ReceiptContext, legal: string): ReceiptLine[] {
  const { kiosk, language, translate, printedAt, copy } = context;
  return [
    { kind: 'rule' },
    { kind: 'text', text: translate(language, legal) },
    { kind: 'text', text: translate(language, 'printed', { time: localDateTime(printedAt, kiosk.timeZone), copy }) },
  ];
}

/** Receipt of a case: says where the case is at the moment of printing, in the same words as the screen. */
export function caseReceipt(record: CaseRecord, pack: ItemPack | null, context: ReceiptContext): ReceiptDocument {
  const { kiosk, language, translate, networkUp } = context;
  const t = (key: string, params?: Readonly<Record<string, string | number>>): string =>
    translate(language, key, params);
  const time = (at: number): string => localTime(at, kiosk.timeZone);
  // Waiting for the network and waiting for a slow platform are not the same.
  const words = record.state === 'kept' && networkUp ? 'keptTrying' : record.state;
  const reached = record.receivedAt !== null;
  const decided = record.decidedAt !== null && record.state === 'approved';
  const sentNote =
    record.receivedAt !== null
      ? time(record.receivedAt)
      : record.state === 'refused' || record.state === 'parked'
        ? t('step.notTaken')
        : t(networkUp ? 'step.waitingPlatform' : 'step.waitingNetwork');
  const caseNumber: ReceiptLine[] =
    record.caseNumber === null ? [] : [{ kind: 'pair', key: t('key.caseNumber'), value: record.caseNumber }];
  return {
    language,
    lines: [
      ...head(context, 'case'),
      {
        kind: 'state',
        title: t(`state.${words}.title`),
        detail: t(`state.${words}.detail`, {
          limit: pack?.guide.timeLimit[language] ?? '',
          outcome: record.outcome?.[language] ?? '',
          hotline: kiosk.hotline,
        }),
      },
      { kind: 'text', text: t('label.tracking'), align: 'center' },
      { kind: 'number', text: record.trackingNumber },
      { kind: 'rule' },
      { kind: 'pair', key: t('key.item'), value: record.itemName[language] },
      { kind: 'pair', key: t('key.applicant'), value: record.applicantMasked },
      { kind: 'pair', key: t('key.keptAt'), value: localDateTime(record.keptAt, kiosk.timeZone) },
      ...caseNumber,
      { kind: 'rule' },
      { kind: 'step', done: true, text: t('step.kept'), note: time(record.keptAt) },
      { kind: 'step', done: reached, text: t('step.sent'), note: sentNote },
      {
        kind: 'step',
        done: decided,
        text: t('step.decided'),
        note: decided && record.decidedAt !== null ? time(record.decidedAt) : reached ? t('step.waitingOffice') : '',
      },
      { kind: 'qr', data: kiosk.lookupUrl.replace('{tracking}', record.trackingNumber.replaceAll(' ', '')) },
      { kind: 'text', text: t('scan', { hotline: kiosk.hotline }), align: 'center' },
      ...foot(context, 'legal'),
    ],
  };
}

/** Receipt of a pick-up: records what the sensor saw, never that things were taken. */
export function pickupReceipt(record: PickupRecord, context: ReceiptContext): ReceiptDocument {
  const { kiosk, language, translate } = context;
  const t = (key: string, params?: Readonly<Record<string, string | number>>): string =>
    translate(language, key, params);
  const time = (at: number | null): string => (at === null ? '' : localTime(at, kiosk.timeZone));
  const closed = record.closedAt !== null;
  return {
    language,
    lines: [
      ...head(context, 'pickup'),
      {
        kind: 'state',
        title: t(`state.${closed ? 'collected' : 'opened'}.title`, { cell: record.cell }),
        detail: t(`state.${closed ? 'collected' : 'opened'}.detail`),
      },
      { kind: 'pair', key: t('key.cell'), value: record.cell },
      { kind: 'pair', key: t('key.holder'), value: record.holder },
      ...record.contents.map((content, index): ReceiptLine => ({
        kind: 'pair',
        key: index === 0 ? t('key.contents') : '',
        value: t('content', { name: content.name[language], count: content.count }),
      })),
      { kind: 'rule' },
      { kind: 'step', done: true, text: t('step.codeChecked'), note: '' },
      { kind: 'step', done: record.openedAt !== null, text: t('step.opened'), note: time(record.openedAt) },
      {
        kind: 'step',
        done: closed,
        text: t('step.closed'),
        note: closed ? time(record.closedAt) : t('step.stillOpen'),
      },
      ...foot(context, 'legalPickup'),
    ],
  };
}

/** Page that a technician prints to see that paper, cutter, Chinese and QR work. */
export function testReceipt(
  device: { readonly driver: string; readonly address: string },
  context: ReceiptContext,
): ReceiptDocument {
  const { language, translate, kiosk } = context;
  const t = (key: string): string => translate(language, key);
  return {
    language,
    lines: [
      ...head(context, 'test'),
      { kind: 'state', title: t('state.test.title'), detail: t('state.test.detail') },
      { kind: 'pair', key: t('key.driver'), value: device.driver },
      { kind: 'pair', key: t('key.device'), value: device.address },
      { kind: 'pair', key: t('key.sample'), value: '龘 㐂 𠮷 ABCabc 0123456789' },
      { kind: 'qr', data: kiosk.lookupUrl.replace('{tracking}', 'TEST') },
      {
        kind: 'text',
        text: translate(language, 'printed', { time: localDateTime(context.printedAt, kiosk.timeZone), copy: 1 }),
      },
    ],
  };
}

import type { ReceiptTemplate, TemplateLine } from './receipt-template.ts';

/** The kiosk's receipts as data. Their fields are made in `receipt-documents.ts`. */

const head = (kind: string): readonly TemplateLine[] => [
  { kind: 'text', text: { field: 'hall' }, align: 'center', size: 'double', bold: true },
  { kind: 'text', text: { t: 'kiosk' }, align: 'center' },
  { kind: 'rule' },
  { kind: 'text', text: { t: `kind.${kind}` }, align: 'center', size: 'double-height', bold: true },
];

const foot = (legal: string): readonly TemplateLine[] => [
  { kind: 'rule' },
  { kind: 'text', text: { t: legal } },
  { kind: 'text', text: { t: 'printed' } },
];

/** Says where a case is at the moment of printing, in the same words as the screen. */
export const CASE_TEMPLATE: ReceiptTemplate = {
  lines: [
    ...head('case'),
    { kind: 'state', title: { t: 'state.{words}.title' }, detail: { t: 'state.{words}.detail' } },
    { kind: 'text', text: { t: 'label.tracking' }, align: 'center' },
    { kind: 'number', text: { field: 'tracking' } },
    { kind: 'rule' },
    { kind: 'pair', key: { t: 'key.item' }, value: { field: 'item' } },
    { kind: 'pair', key: { t: 'key.applicant' }, value: { field: 'applicant' } },
    { kind: 'pair', key: { t: 'key.keptAt' }, value: { field: 'keptAt' } },
    { kind: 'pair', key: { t: 'key.caseNumber' }, value: { field: 'caseNumber' }, when: 'caseNumber' },
    { kind: 'pair', key: { t: 'key.limit' }, value: { t: 'limitOnceSent' }, when: 'limitOnceSent' },
    { kind: 'rule' },
    { kind: 'text', text: { t: 'label.steps' }, bold: true },
    { kind: 'step', done: 'kept', text: { t: 'step.kept' }, note: { field: 'keptTime' } },
    { kind: 'step', done: 'reached', text: { t: 'step.sent' }, note: { field: 'sentNote' } },
    { kind: 'step', done: 'decided', text: { t: 'step.decided' }, note: { field: 'decidedNote' } },
    { kind: 'qr', data: { field: 'lookup' } },
    { kind: 'text', text: { field: 'scan' }, align: 'center' },
    { kind: 'text', text: { t: 'call' }, align: 'center' },
    ...foot('legal'),
  ],
};

/** Records what the door's sensor saw, never that things were taken. */
export const PICKUP_TEMPLATE: ReceiptTemplate = {
  lines: [
    ...head('pickup'),
    { kind: 'state', title: { t: 'state.{words}.title' }, detail: { t: 'state.{words}.detail' } },
    { kind: 'pair', key: { t: 'key.cell' }, value: { field: 'cell' } },
    { kind: 'pair', key: { t: 'key.holder' }, value: { field: 'holder' } },
    { kind: 'pair', key: { field: 'contentsKey' }, value: { t: 'content' }, each: 'contents' },
    { kind: 'rule' },
    { kind: 'text', text: { t: 'label.happened' }, bold: true },
    { kind: 'step', done: 'codeChecked', text: { t: 'step.codeChecked' } },
    { kind: 'step', done: 'opened', text: { t: 'step.opened' }, note: { field: 'openedTime' } },
    { kind: 'step', done: 'closed', text: { t: 'step.closed' }, note: { field: 'closedNote' } },
    { kind: 'rule' },
    { kind: 'text', text: { t: 'wrongThings' } },
    { kind: 'text', text: { t: 'legalPickup' } },
    { kind: 'text', text: { t: 'printed' } },
  ],
};

/** Page that a technician prints to see that paper, knife, Chinese, QR code and bars work. */
export const TEST_TEMPLATE: ReceiptTemplate = {
  lines: [
    ...head('test'),
    { kind: 'state', title: { t: 'state.test.title' }, detail: { t: 'state.test.detail' } },
    { kind: 'pair', key: { t: 'key.driver' }, value: { field: 'driver' } },
    { kind: 'pair', key: { t: 'key.device' }, value: { field: 'device' } },
    { kind: 'pair', key: { t: 'key.sample' }, value: { field: 'sample' } },
    { kind: 'qr', data: { field: 'lookup' } },
    { kind: 'barcode', data: { field: 'bars' } },
    { kind: 'rule' },
    { kind: 'text', text: { t: 'printed' } },
  ],
};

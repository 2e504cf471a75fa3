import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadReceiptTexts } from '../../../electron/app/locale-texts.ts';
import type { ItemPack } from '../../../electron/domain/item-pack.ts';
import type { Language } from '../../../electron/domain/text.ts';
import type { CaseRecord, PickupRecord } from '../../../electron/services/ports.ts';
import type { ReceiptContext } from '../../../electron/services/receipt-documents.ts';
import { caseReceipt, pickupReceipt, testReceipt } from '../../../electron/services/receipt-documents.ts';
import type { ReceiptDocument } from '../../../native/model/receipt-document.ts';
import { testConfig } from '../../dev/kiosk-config.ts';

/** The kiosk's own templates, filled with people and places that do not exist. */

const AT = Date.UTC(2026, 2, 18, 1, 30);
const translate = await loadReceiptTexts(fileURLToPath(new URL('../../../assets', import.meta.url)));
const { kiosk } = testConfig({
  platformUrl: 'http://127.0.0.1:1',
  sealingKey: null,
  pinHash: 'x'.repeat(20),
  devices: [],
  firstBoard: 0,
});

const PACK: ItemPack = JSON.parse(
  readFileSync(new URL('../../../assets/catalogue/items/longevity-allowance.json', import.meta.url), 'utf8'),
);

const CASE: CaseRecord = {
  caseId: '01900000-0000-7000-8000-000000000001',
  submissionId: '01900000-0000-7000-8000-000000000002',
  trackingNumber: 'CH03 260318 0001 4',
  itemId: 'rent-filing',
  itemVersion: 1,
  itemName: {
    'zh-CN': '港澳台居民和外国人住房租赁合同登记备案（含合租、转租）',
    en: 'Registration of a rental contract for residents of Hong Kong, Macau and Taiwan',
  },
  language: 'zh-CN',
  state: 'approved',
  keptAt: AT,
  receivedAt: AT + 60_000,
  caseNumber: '990001-2026-0318-000000042',
  decidedAt: AT + 120_000,
  outcome: { 'zh-CN': '已备案，凭证发到手机', en: 'Filed; the proof is on your phone' },
  reason: null,
  actId: '01900000-0000-7000-8000-000000000003',
  applicantMasked: '测*𠮷',
};
const PICKUP: PickupRecord = {
  pickupId: '01900000-0000-7000-8000-000000000004',
  cell: '05',
  codeDigest: 'digest',
  holder: '测试市龘㛃信息技术有限公司（试验分公司）',
  contents: [
    { name: { 'zh-CN': '公章', en: 'Company seal' }, count: 2 },
    { name: { 'zh-CN': '营业执照正本', en: 'Business licence, original' }, count: 1 },
  ],
  validFrom: AT,
  validTo: AT,
  state: 'collected',
  openedAt: AT,
  closedAt: AT + 60_000,
};

function context(language: Language): ReceiptContext {
  return { kiosk, language, translate, printedAt: AT + 180_000, copy: 1, networkUp: false };
}

/** The receipts of the product by name, in one language. */
export function productReceipts(language: Language): readonly (readonly [string, ReceiptDocument])[] {
  const { receivedAt, caseNumber, decidedAt, outcome, ...kept } = CASE;
  const nothing = { receivedAt: null, caseNumber: null, decidedAt: null, outcome: null };
  return [
    ['approved', caseReceipt({ ...kept, receivedAt, caseNumber, decidedAt, outcome }, null, context(language))],
    ['kept', caseReceipt({ ...kept, ...nothing, state: 'kept' }, PACK, context(language))],
    ['pickup', pickupReceipt(PICKUP, context(language))],
    ['test', testReceipt({ driver: 'escpos', address: 'serial:///dev/ttyUSB0?baud=9600' }, context(language))],
  ];
}

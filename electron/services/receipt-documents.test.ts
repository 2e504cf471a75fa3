import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadReceiptTexts } from '../app/locale-texts.ts';
import { testConfig } from '../../test/dev/kiosk-config.ts';
import type { CaseState } from '../domain/case.ts';
import type { ItemPack } from '../domain/item-pack.ts';
import { LANGUAGES, type Language } from '../domain/text.ts';
import type { ReceiptDocument } from '../../native/model/receipt-document.ts';
import type { Translate } from './kiosk.ts';
import type { CaseRecord, PickupRecord } from './ports.ts';
import { caseReceipt, pickupReceipt, testReceipt, type ReceiptContext } from './receipt-documents.ts';

const AT = Date.UTC(2026, 2, 18, 1, 30);
const { kiosk } = testConfig({
  platformUrl: 'http://127.0.0.1:1',
  sealingKey: null,
  pinHash: 'x'.repeat(20),
  devices: [],
  firstBoard: 0,
});

const PACK: ItemPack = JSON.parse(
  readFileSync(
    join(import.meta.dirname, '..', '..', 'assets', 'catalogue', 'items', 'longevity-allowance.json'),
    'utf8',
  ),
);
const RECORD: CaseRecord = {
  caseId: '01900000-0000-7000-8000-000000000001',
  submissionId: '01900000-0000-7000-8000-000000000002',
  trackingNumber: 'CH03 260318 0001 4',
  itemId: 'rent-filing',
  itemVersion: 1,
  itemName: { 'zh-CN': '房屋租赁登记备案', en: 'Lease filing' },
  language: 'zh-CN',
  state: 'kept',
  keptAt: AT,
  receivedAt: null,
  caseNumber: null,
  decidedAt: null,
  outcome: null,
  reason: null,
  actId: '01900000-0000-7000-8000-000000000003',
  applicantMasked: '林*夏',
};
const PICKUP: PickupRecord = {
  pickupId: '01900000-0000-7000-8000-000000000004',
  cell: '05',
  codeDigest: 'digest',
  holder: '澄湖****公司',
  contents: [{ name: { 'zh-CN': '公章', en: 'Company seal' }, count: 2 }],
  validFrom: AT,
  validTo: AT,
  state: 'opened',
  openedAt: AT,
  closedAt: null,
};
const STATES: Readonly<Record<CaseState, Partial<CaseRecord>>> = {
  kept: {},
  received: { receivedAt: AT + 60_000, caseNumber: 'P-1' },
  approved: {
    receivedAt: AT + 60_000,
    caseNumber: 'P-1',
    decidedAt: AT + 120_000,
    outcome: { 'zh-CN': '已备案', en: 'Filed' },
  },
  refused: { reason: 'urn:hall24:item-version-withdrawn' },
  parked: { reason: 'urn:hall24:malformed' },
};

/** Everything that stands on the paper. */
const textOf = (document: ReceiptDocument): string => JSON.stringify(document.lines);
const steps = (document: ReceiptDocument): boolean[] =>
  document.lines.flatMap((line) => (line.kind === 'step' ? [line.done] : []));

describe.each(LANGUAGES)('receipts in %s', (language: Language) => {
  let texts: Translate;
  const missing: string[] = [];
  beforeAll(async () => {
    texts = await loadReceiptTexts(join(import.meta.dirname, '..', '..', 'assets'));
  });
  const context = (more: Partial<ReceiptContext> = {}): ReceiptContext => ({
    kiosk,
    language,
    translate: (wanted, key, params) => {
      const text = texts(wanted, key, params);
      if (text === key || text === '' || /\{\{|undefined/u.test(text)) missing.push(key);
      return text;
    },
    printedAt: AT + 180_000,
    copy: 2,
    networkUp: true,
    ...more,
  });

  it.each(Object.keys(STATES) as CaseState[])(
    'a case that is %s: the steps done are the steps that happened',
    (state) => {
      const record = { ...RECORD, ...STATES[state], state };
      for (const networkUp of [true, false]) {
        const document = caseReceipt(record, null, context({ networkUp }));
        expect(document.language).toBe(language);
        expect(steps(document)).toEqual([true, record.receivedAt !== null, state === 'approved']);
        const text = textOf(document);
        expect(text).toContain(record.trackingNumber);
        expect(text).toContain(record.applicantMasked);
        expect(text.includes('P-1')).toBe(record.caseNumber !== null);
        expect(text.includes(texts(language, 'state.approved.title'))).toBe(state === 'approved');
        // 01:30 UTC is 09:30 in the hall.
        expect(text).toContain('2026-03-18 09:30');
        expect(text).toContain(`/r/${record.trackingNumber.replaceAll(' ', '')}`);
      }
    },
  );

  it('a kept case says what it waits for', () => {
    const up = textOf(caseReceipt(RECORD, null, context({ networkUp: true })));
    const down = textOf(caseReceipt(RECORD, null, context({ networkUp: false })));
    expect(up).toContain(texts(language, 'step.waitingPlatform'));
    expect(down).toContain(texts(language, 'step.waitingNetwork'));
  });

  it('a kept case says how long it takes and that the code works later; one that was decided does not', () => {
    const waiting = textOf(caseReceipt(RECORD, PACK, context()));
    expect(waiting).toContain(texts(language, 'limitOnceSent', { limit: PACK.guide.timeLimit[language] }));
    expect(waiting).toContain(texts(language, 'scanLater'));
    const decided = textOf(caseReceipt({ ...RECORD, ...STATES['approved'], state: 'approved' }, PACK, context()));
    expect(decided).not.toContain(texts(language, 'key.limit'));
    expect(decided).toContain(texts(language, 'scan'));
    expect(decided).not.toContain(texts(language, 'scanLater'));
  });

  it('a pick-up says open while it is open and closed when it was closed', () => {
    const open = pickupReceipt(PICKUP, context());
    expect(steps(open)).toEqual([true, true, false]);
    expect(textOf(open)).toContain(texts(language, 'state.opened.title', { cell: '05' }));
    const closed = pickupReceipt({ ...PICKUP, state: 'collected', closedAt: AT + 60_000 }, context());
    expect(steps(closed)).toEqual([true, true, true]);
    expect(textOf(closed)).toContain(texts(language, 'state.collected.title', { cell: '05' }));
    expect(textOf(closed)).not.toContain(texts(language, 'step.stillOpen'));
  });

  it('a test page is no voucher and shows what it was printed by', () => {
    const text = textOf(testReceipt({ driver: 'escpos', address: 'serial:///dev/x' }, context()));
    expect(text).toContain('escpos');
    expect(text).toContain('serial:///dev/x');
    expect(text).toContain(texts(language, 'state.test.detail'));
  });

  it('has a text for every key that was asked for', () => {
    expect(missing).toEqual([]);
  });
});

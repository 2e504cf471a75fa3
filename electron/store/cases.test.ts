import { canonicalJson } from '../domain/case-payload.ts';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalEnvelope } from '../platform-api/canonical.ts';
import { CaseSubmission, Rating } from '../platform-api/messages.ts';
import type { DeliveryOutcome, StoreChange } from '../services/ports.ts';
import { START, claim, must, newCase, settle, testId, withStore } from './test-kit.ts';

const APPROVED: DeliveryOutcome = {
  kind: 'acknowledged',
  at: START + 5,
  case: {
    state: 'approved',
    caseNumber: 'P2026000042',
    receivedAt: START + 3,
    decidedAt: START + 4,
    outcome: { 'zh-CN': '准予备案', en: 'Approved' },
  },
};

describe('the message of a case', () => {
  it(
    'is the canonical JSON of what it says, envelope and all',
    withStore(async (store) => {
      must(await store.submitCase(newCase(1)));
      const [entry] = must(await claim(store, START, 1));
      const text = Buffer.from(entry!.body).toString('utf8');
      const message = CaseSubmission.parse(JSON.parse(text));
      expect(canonicalJson(message)).toBe(text);
      expect(message.envelope).toEqual(newCase(1).envelope);
      expect(message.sha256).toBe(createHash('sha256').update(canonicalJson(message.envelope)).digest('hex'));
    }),
  );
});

describe('cases', () => {
  it(
    'keeps case, act and message together and gives the next number of the day',
    withStore(async (store) => {
      const first = must(await store.submitCase(newCase(1)));
      const second = must(await store.submitCase(newCase(2)));
      const tomorrow = must(await store.submitCase(newCase(3, { localDate: '2026-01-06' })));
      expect([first, second, tomorrow].map((record) => record.trackingNumber.slice(0, -2))).toEqual([
        'CH03 260105 0001',
        'CH03 260105 0002',
        'CH03 260106 0001',
      ]);
      expect(first.state).toBe('kept');
      expect(must(await store.actsOf(first.caseId))).toMatchObject([{ kind: 'submit-case', state: 'intended' }]);
      expect(must(await store.outboxCounts())).toEqual({ waiting: 3, parked: 0, nextDueAt: 0 });
    }),
  );

  it(
    'writes the message that the platform expects',
    withStore(async (store) => {
      const entry = newCase(1);
      const record = must(await store.submitCase(entry));
      const [claimed] = must(await claim(store, START, 1));
      const message = CaseSubmission.parse(JSON.parse(Buffer.from(claimed!.body).toString('utf8')));
      expect(message).toMatchObject({ caseId: entry.caseId, trackingNumber: record.trackingNumber, sequence: 1 });
      expect(message.keptAt).toBe(new Date(START).toISOString());
      const sha256 = createHash('sha256').update(canonicalEnvelope(entry.envelope)).digest('hex');
      expect(message.sha256).toBe(sha256);
      expect(claimed).toMatchObject({ idempotencyKey: `case:${entry.caseId}:1`, attempts: 1, sequence: 1 });
      expect(claimed!.sha256).toBe(createHash('sha256').update(claimed!.body).digest('hex'));
    }),
  );

  it(
    'gives the stored case for the same submission, whatever else is said',
    withStore(async (store) => {
      const first = must(await store.submitCase(newCase(1)));
      const again = must(await store.submitCase(newCase(2, { submissionId: newCase(1).submissionId })));
      expect(again).toEqual(first);
      expect(must(await store.outboxCounts()).waiting).toBe(1);
      expect(await store.findCase({ caseId: testId(2) })).toMatchObject({ error: { code: 'not-found' } });
    }),
  );

  it(
    'changes nothing when a part of the transaction fails',
    withStore(async (store) => {
      must(await store.submitCase(newCase(1)));
      const clash = await store.submitCase(newCase(2, { actId: newCase(1).actId }));
      expect(clash).toMatchObject({ ok: false, error: { code: 'conflict' } });
      expect(must(await store.outboxCounts()).waiting).toBe(1);
      expect(must(await store.submitCase(newCase(2))).trackingNumber).toContain('0002');
    }),
  );

  it(
    'moves case, act and message on when the platform has it, and says so',
    withStore(async (store) => {
      const told: StoreChange[] = [];
      const { caseId, trackingNumber } = must(await store.submitCase(newCase(1)));
      store.changes.subscribe((change) => told.push(change));
      const [entry] = must(await claim(store, START, 5));
      expect(must(await store.actsOf(caseId))).toMatchObject([{ state: 'sent' }]);
      must(await settle(store, entry!.entryId, APPROVED));
      const expected = { state: 'approved', caseNumber: 'P2026000042', receivedAt: START + 3, decidedAt: START + 4 };
      expect(must(await store.findCase({ number: 'P2026000042' }))).toMatchObject(expected);
      expect(must(await store.findCase({ number: trackingNumber.toLowerCase().replaceAll(' ', '') }))).toMatchObject(
        expected,
      );
      expect(must(await store.actsOf(caseId))).toMatchObject([{ state: 'confirmed' }]);
      expect(told).toContainEqual({ type: 'case', caseId });
      expect(must(await store.outbox())).toEqual([]);
      // A second answer to the same message changes nothing.
      must(await settle(store, entry!.entryId, { kind: 'parked', reason: 'late' }));
      expect(must(await store.findCase({ caseId }))).toMatchObject(expected);
    }),
  );

  it(
    'ends a case that the platform refuses for good, and keeps its message',
    withStore(async (store) => {
      const { caseId } = must(await store.submitCase(newCase(1)));
      const [entry] = must(await claim(store, START, 5));
      must(await settle(store, entry!.entryId, { kind: 'parked', reason: 'urn:hall24:item-version-withdrawn' }));
      expect(must(await store.findCase({ caseId }))).toMatchObject({
        state: 'refused',
        reason: 'urn:hall24:item-version-withdrawn',
      });
      expect(must(await store.actsOf(caseId))).toMatchObject([{ state: 'refused', owner: 'duty-staff' }]);
      expect(must(await store.outbox())).toMatchObject([{ state: 'parked' }]);
      expect(await store.resend(entry!.entryId, START)).toMatchObject({ error: { detail: 'refused-by-platform' } });
    }),
  );

  it(
    'hands a message that cannot be sent to the duty staff, who may send it again',
    withStore(async (store) => {
      const { caseId } = must(await store.submitCase(newCase(1)));
      const [entry] = must(await claim(store, START, 5));
      must(await settle(store, entry!.entryId, { kind: 'parked', reason: 'urn:hall24:malformed' }));
      expect(must(await store.findCase({ caseId })).state).toBe('parked');
      expect(must(await store.actsOf(caseId))).toMatchObject([{ state: 'unknown', owner: 'duty-staff' }]);
      must(await store.resend(entry!.entryId, START));
      expect(must(await store.findCase({ caseId })).state).toBe('kept');
      const [again] = must(await claim(store, START, 5));
      expect(again).toMatchObject({ entryId: entry!.entryId, sha256: entry!.sha256, attempts: 2 });
      must(await settle(store, entry!.entryId, APPROVED));
      expect(must(await store.actsOf(caseId))).toMatchObject([{ state: 'confirmed', owner: 'kiosk' }]);
    }),
  );
});

describe('acts', () => {
  it(
    'follow the rules of the domain and gather details',
    withStore(async (store) => {
      const act = {
        actId: testId(1),
        kind: 'print-receipt',
        subjectId: testId(2),
        at: 1,
        detail: { copy: 1 },
      } as const;
      must(await store.beginAct(act));
      expect(await store.advanceAct({ actId: act.actId, event: 'confirm', at: 2 })).toMatchObject({
        error: { code: 'conflict', detail: 'intended-cannot-confirm' },
      });
      must(await store.advanceAct({ actId: act.actId, event: 'send', at: 3 }));
      const lost = {
        actId: act.actId,
        event: 'lose-track',
        at: 4,
        owner: 'duty-staff',
        detail: { why: 'cut' },
      } as const;
      must(await store.advanceAct(lost));
      const expected = { state: 'unknown', owner: 'duty-staff', updatedAt: 4, detail: { copy: 1, why: 'cut' } };
      expect(must(await store.openActs())).toMatchObject([expected]);
      must(await store.advanceAct({ actId: act.actId, event: 'confirm', at: 5 }));
      expect(must(await store.openActs())).toEqual([]);
      expect(await store.advanceAct({ actId: testId(9), event: 'send', at: 6 })).toMatchObject({
        error: { code: 'not-found' },
      });
    }),
  );
});

describe('ratings', () => {
  it(
    'are one a subject and go after the case that they rate',
    withStore(async (store) => {
      const { caseId } = must(await store.submitCase(newCase(1)));
      const rating = {
        ratingId: testId(50),
        actId: testId(51),
        subject: 'case',
        subjectId: caseId,
        level: 5,
        channel: 'keypad',
        at: START,
        kioskCode: 'CH03',
      } as const;
      must(await store.rate(rating));
      expect(must(await store.ratingOf(caseId))).not.toBeNull();
      expect(await store.rate({ ...rating, ratingId: testId(52), actId: testId(53) })).toMatchObject({
        error: { code: 'conflict', detail: 'already-rated' },
      });
      const [first, ...others] = must(await claim(store, START, 10));
      expect(first!.kind).toBe('case');
      expect(others).toEqual([]);
      must(await settle(store, first!.entryId, APPROVED));
      const [second] = must(await claim(store, START, 10));
      expect(second!.idempotencyKey).toBe(`rating:${testId(50)}`);
      expect(Rating.parse(JSON.parse(Buffer.from(second!.body).toString('utf8')))).toMatchObject({
        level: 5,
        channel: '4',
      });
      must(await settle(store, second!.entryId, { kind: 'acknowledged', at: START }));
      expect(must(await store.actsOf(caseId)).map((act) => act.state)).toEqual(['confirmed', 'confirmed']);
    }),
  );
});

describe('small things', () => {
  it(
    'are kept: catalogue, sealing key, PIN failures, audit',
    withStore(async (store) => {
      expect(must(await store.loadCatalogue())).toBeNull();
      must(await store.saveCatalogue(3, []));
      expect(must(await store.loadCatalogue())).toEqual({ version: 3, items: [] });
      const key = { kid: 'k2', alg: 'HPKE-X25519-SHA256-AES256GCM', publicKey: 'AAAA', notAfter: null } as const;
      must(await store.saveSealingKey(key));
      expect(must(await store.sealingKey())).toEqual(key);
      must(await store.recordPin(false, 10));
      must(await store.recordPin(false, 20));
      expect(must(await store.pinFailures())).toEqual({ count: 2, lastAt: 20 });
      must(await store.recordPin(true, 30));
      expect(must(await store.pinFailures()).count).toBe(0);
      for (const at of [1, 2, 3]) must(await store.audit({ at, who: 'technician', what: 'pin', detail: '' }));
      expect(must(await store.auditTail(2)).map((record) => record.at)).toEqual([2, 3]);
    }),
  );

  it(
    'says unavailable after it was closed',
    withStore(async (store) => {
      await store.close();
      expect(await store.openActs()).toEqual({ ok: false, error: { code: 'unavailable', detail: 'closed' } });
    }),
  );
});

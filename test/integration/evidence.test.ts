import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceRecord } from '../../electron/domain/evidence.ts';
import { evidenceTool, loadSqlite } from '../../electron/store/index.ts';
import { TEST_CARDS } from '../fixtures/cards.ts';
import { TEST_KIOSK_CODE } from '../dev/kiosk-config.ts';
import { TestKiosk, until } from './app-kit.ts';
import { announce, fileCase, taken, typeCode, unlock } from './steps.ts';

describe('the evidence of a kiosk', () => {
  let kiosk: TestKiosk;
  beforeAll(async () => {
    kiosk = await TestKiosk.start();
    await kiosk.devicesReady();
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  const path = (): string => join(kiosk.stack.dataDir, 'store', 'kiosk.sqlite');
  const records = (): EvidenceRecord[] => {
    const db = new (loadSqlite())(path(), { readonly: true });
    try {
      return db.prepare('SELECT * FROM evidence ORDER BY seq').all() as EvidenceRecord[];
    } finally {
      db.close();
    }
  };
  const verify = async (...args: string[]): Promise<{ code: number; said: string }> => {
    const said: string[] = [];
    const code = await evidenceTool(['verify', kiosk.stack.dataDir, ...args], { say: (line) => void said.push(line) });
    return { code, said: said.join('\n') };
  };
  const told = async () =>
    (await kiosk.stack.platform.holdings()).heartbeats.find(({ kioskCode }) => kioskCode === TEST_KIOSK_CODE);

  it('tells of cases, doors and technicians with the hashes that the platform has, and of nobody by name', async () => {
    const { visitId, result } = await fileCase(kiosk);
    await kiosk.must('visit.end', { visitId, reason: 'finished' });
    const { code, pickupId } = await announce(kiosk, '04');
    await taken(kiosk, code);
    const typed = await typeCode(kiosk, code);
    expect(await kiosk.must('pickup.open', { visitId: typed.visitId, pickupId })).toMatchObject({ outcome: 'opened' });
    await unlock(kiosk);
    await kiosk.drained();
    const chain = records();
    const of = (subject: string): string[] => chain.filter((one) => one.subject === subject).map(({ what }) => what);
    expect(of(result.caseId)).toEqual(['case-kept', 'case-acknowledged']);
    expect(of(pickupId).slice(0, 2)).toEqual(['pickup-kept', 'pickup-acknowledged']);
    expect(chain.map(({ what }) => what)).toEqual(expect.arrayContaining(['local-key-made', 'unlock']));
    const all = chain.map(({ detail }) => detail).join('\n');
    for (const text of [TEST_CARDS.lin.card.name, TEST_CARDS.lin.card.number, '林*夏', code])
      expect(all).not.toContain(text);
    expect(await verify()).toMatchObject({ code: 0 });
  });

  it('is anchored at the platform: its head goes along with the sign of life', async () => {
    await until('the head at the platform', async () => (await told())?.evidence?.seq === records().at(-1)?.seq);
    const head = (await told())?.evidence;
    expect(head?.hash).toBe(records().at(-1)?.hash);
    expect((await told())?.evidenceAlarms).toEqual([]);
    expect(await verify('--head', `${head?.seq}:${head?.hash}`)).toMatchObject({ code: 0 });
  });

  it('cannot be cut by somebody with the database in hand without the platform and the command noticing', async () => {
    const head = (await told())?.evidence;
    await kiosk.close();
    const db = new (loadSqlite())(path());
    db.exec(`DROP TRIGGER evidence_stays; DROP TRIGGER evidence_is_final;
      DELETE FROM evidence WHERE seq > 3; UPDATE sqlite_sequence SET seq = 3 WHERE name = 'evidence';
      CREATE TRIGGER evidence_stays BEFORE DELETE ON evidence
BEGIN SELECT raise(ABORT, 'evidence is only added to'); END;
      CREATE TRIGGER evidence_is_final BEFORE UPDATE ON evidence
BEGIN SELECT raise(ABORT, 'evidence is only added to'); END;`);
    db.close();
    expect(await verify()).toMatchObject({ code: 0 });
    expect((await verify('--head', `${head?.seq}:${head?.hash}`)).code).toBe(1);
    await kiosk.open();
    await until('the alarm', async () => ((await told())?.evidenceAlarms.length ?? 0) > 0);
    const [alarm] = (await told())?.evidenceAlarms ?? [];
    expect(alarm?.known).toEqual(head);
    expect(alarm?.said.seq).toBeLessThan(head?.seq ?? 0);
  });
});

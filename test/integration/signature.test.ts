import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSignature } from '../../electron/domain/signature.ts';
import { SAMPLE_FORMS } from '../fixtures/forms.ts';
import { TestKiosk } from './app-kit.ts';
import { beginVisit, freshId, readCard } from './steps.ts';

const ITEM = 'longevity-allowance';
/** What a picture of a signature may weigh, and recognisable in any file. */
const PICTURE = 'SIGNATUREPICTURE'.repeat(500);

/** A signature on glass over the whole App: it reaches the platform inside the sealed case and is nowhere else. */
describe('a signed case', () => {
  let kiosk: TestKiosk;
  beforeAll(async () => {
    kiosk = await TestKiosk.start({});
    await kiosk.devicesReady();
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  it('carries strokes and picture to the platform, sealed, and leaves no trace of them here', async () => {
    const sample = SAMPLE_FORMS[ITEM];
    if (sample === undefined) throw new Error('no sample form');
    const visitId = await beginVisit(kiosk);
    await readCard(kiosk, visitId, 'elder');
    const { item } = await kiosk.must('catalogue.item', { itemId: ITEM });
    const signature = `${sample.answers['signature'] ?? ''}${PICTURE}`;
    expect(readSignature(signature)?.picture).toBe(PICTURE);
    const { name, number, birthDate, address } = sample.card;
    const values = {
      'applicant-name': name,
      'applicant-number': number,
      'birth-date': birthDate,
      'card-address': address,
      ...sample.answers,
      signature,
    };
    const result = await kiosk.must('case.submit', {
      visitId,
      submissionId: freshId(),
      itemId: ITEM,
      itemVersion: (item as { version: number }).version,
      language: 'zh-CN',
      values,
    });
    await kiosk.drained();
    const held = (await kiosk.stack.platform.holdings()).cases.find((one) => one.caseId === result.caseId);
    expect(held?.payload).toMatchObject({ values: { signature } });
    await kiosk.must('visit.end', { visitId, reason: 'finished' });
    for (const file of await readdir(kiosk.stack.dataDir, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = await readFile(join(file.parentPath, file.name));
      expect([file.name, bytes.includes('SIGNATUREPICTURE')]).toEqual([file.name, false]);
    }
  });
});

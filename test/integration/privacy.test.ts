import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_CARDS } from '../fixtures/cards.ts';
import { SAMPLE_FORMS } from '../fixtures/forms.ts';
import { TestKiosk } from './app-kit.ts';
import { announce, fileCase, printed, taken, typeCode } from './steps.ts';

/** Everything that the data folder may not hold in any spelling. */
const PERSONAL = [
  TEST_CARDS.lin.card.name,
  TEST_CARDS.lin.card.number,
  TEST_CARDS.lin.card.address,
  ...['phone', 'landlord-name', 'landlord-number', 'house-address'].map(
    (field) => SAMPLE_FORMS['rent-filing']?.answers[field] ?? '',
  ),
];

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Where anything of `wanted` stands in the folder: `file: text (encoding)`. */
async function traces(dir: string, wanted: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of await filesIn(dir)) {
    // The ballast is one repeated byte.
    if (path.endsWith('/ballast')) continue;
    const bytes = await readFile(path);
    for (const text of wanted) {
      const spellings = {
        'utf-8': Buffer.from(text, 'utf8'),
        'utf-16le': Buffer.from(text, 'utf16le'),
        base64: Buffer.from(Buffer.from(text, 'utf8').toString('base64').slice(0, -4)),
        json: Buffer.from(JSON.stringify(text).slice(1, -1)),
      };
      for (const [encoding, spelling] of Object.entries(spellings)) {
        if (bytes.includes(spelling)) found.push(`${path}: ${text} (${encoding})`);
      }
    }
  }
  return found;
}

describe('the data folder', () => {
  let kiosk: TestKiosk;
  beforeAll(async () => {
    kiosk = await TestKiosk.start();
    await kiosk.devicesReady();
    await kiosk.link('up');
  });
  afterAll(() => kiosk.stop());

  it('is searched by a search that finds what is there', async () => {
    expect(PERSONAL.every((text) => text.length > 2)).toBe(true);
    // Masked names and tracking data may stand there, and do: the search works on this database.
    await fileCase(kiosk, 'employment-registration');
    expect((await traces(kiosk.stack.dataDir, ['employment-registration'])).length).toBeGreaterThan(0);
  });

  it('holds nothing of the applicant while the case waits unsent, after it was sent, and after a restart', async () => {
    await kiosk.stack.platform.faults.vanish();
    await kiosk.link('down');
    const { visitId, result } = await fileCase(kiosk);
    expect(result.state).toBe('kept');
    const receipt = await printed(kiosk, { visitId, subject: 'case', subjectId: result.caseId, language: 'zh-CN' });
    expect(receipt.paper).toContain('林*夏');
    for (const text of PERSONAL) expect(receipt.paper).not.toContain(text);
    expect(await traces(kiosk.stack.dataDir, PERSONAL)).toEqual([]);
    await kiosk.must('visit.end', { visitId, reason: 'finished' });
    expect(await traces(kiosk.stack.dataDir, PERSONAL)).toEqual([]);

    await kiosk.stack.platform.faults.restore();
    await kiosk.link('up');
    await kiosk.drained();
    expect(await traces(kiosk.stack.dataDir, PERSONAL)).toEqual([]);
    // The platform can read what the kiosk cannot.
    const held = (await kiosk.stack.platform.holdings()).cases.find((one) => one.caseId === result.caseId);
    expect(held?.payload?.applicant).toMatchObject({ name: TEST_CARDS.lin.card.name });
    await kiosk.close();
    expect(await traces(kiosk.stack.dataDir, PERSONAL)).toEqual([]);
    await kiosk.open();
    await kiosk.devicesReady();
  });

  it('holds no pick-up code, right or wrong, and no scanned text', async () => {
    const { code } = await announce(kiosk, '02');
    await taken(kiosk, code);
    await typeCode(kiosk, '12345678');
    await kiosk.must('visit.begin', { language: 'en' });
    expect(await traces(kiosk.stack.dataDir, [code, '12345678'])).toEqual([]);
  });

  it('belongs to the kiosk alone', async () => {
    const { stat } = await import('node:fs/promises');
    for (const name of ['config', 'logs']) {
      expect((await stat(join(kiosk.stack.dataDir, name))).mode & 0o077, name).toBe(0);
    }
    for (const path of await filesIn(join(kiosk.stack.dataDir, 'config'))) {
      expect((await stat(path)).mode & 0o077, path).toBe(0);
    }
    expect(kiosk.bugs).toEqual([]);
  });
});

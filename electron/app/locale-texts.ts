import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInstance } from 'i18next';
import { LANGUAGES } from '../domain/text.ts';
import type { Translate } from '../services/kiosk.ts';

/** Loads the texts that the main process prints (receipts) from the shipped locale files. Rejects when one is missing: a broken build. */
export async function loadReceiptTexts(assetsDir: string): Promise<Translate> {
  const i18n = createInstance();
  const resources: Record<string, { receipt: Record<string, unknown> }> = {};
  for (const language of LANGUAGES) {
    const text = await readFile(join(assetsDir, 'locales', language, 'receipt.json'), 'utf8');
    resources[language] = { receipt: JSON.parse(text) as Record<string, unknown> };
  }
  await i18n.init({
    resources,
    ns: ['receipt'],
    defaultNS: 'receipt',
    fallbackLng: false,
    interpolation: { escapeValue: false },
  });
  return (language, key, params) => i18n.t(key, { lng: language, ...params });
}

import { join } from 'node:path';
import { Catalogue } from '../services/catalogue.ts';
import type { LogPort } from '../services/ports.ts';
import { loadGlyphs } from '../../native/transport/system-glyphs.ts';
import { loadHallExtras } from './hall-extras.ts';
import { loadReceiptTexts } from './locale-texts.ts';
import { loadReadings, loadShippedCatalogue } from './shipped-catalogue.ts';

/** What the build and the hall bring along, as the kiosk needs it. */
export interface Shipped {
  readonly translate: Awaited<ReturnType<typeof loadReceiptTexts>>;
  readonly catalogue: Catalogue;
  readonly glyphs: Awaited<ReturnType<typeof loadGlyphs>>;
  readonly hall: Awaited<ReturnType<typeof loadHallExtras>>;
}

/** Reads it; rejects when the build is broken. */
export async function readShipped({
  assetsDir,
  dataDir,
  log,
}: {
  readonly assetsDir: string;
  readonly dataDir: string;
  readonly log: LogPort;
}): Promise<Shipped> {
  const [translate, items, readings, glyphs, hall] = await Promise.all([
    loadReceiptTexts(assetsDir),
    loadShippedCatalogue(assetsDir, log),
    loadReadings(assetsDir, log),
    loadGlyphs(join(assetsDir, 'fonts', 'receipt-24.bin')),
    loadHallExtras(join(dataDir, 'hall'), assetsDir, log),
  ]);
  return { translate, catalogue: new Catalogue(items.version, items.items, readings), glyphs, hall };
}

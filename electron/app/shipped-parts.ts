import { join } from 'node:path';
import { Readings } from '../domain/search/index.ts';
import { Catalogue } from '../services/catalogue.ts';
import type { LogPort } from '../services/ports.ts';
import { loadGlyphs } from '../../native/transport/system-glyphs.ts';
import { loadHallExtras } from './hall-extras.ts';
import { loadReceiptTexts } from './locale-texts.ts';
import { loadShippedCatalogue, readReadings } from './shipped-catalogue.ts';

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
  quiet,
}: {
  readonly assetsDir: string;
  readonly dataDir: string;
  readonly log: LogPort;
  /** When there is time for what is only made ahead; at once unless told. */
  readonly quiet?: Promise<void>;
}): Promise<Shipped> {
  const [translate, items, readings, glyphs, hall] = await Promise.all([
    loadReceiptTexts(assetsDir),
    loadShippedCatalogue(assetsDir, log),
    readReadings(assetsDir, log),
    loadGlyphs(join(assetsDir, 'fonts', 'receipt-24.bin')),
    loadHallExtras(join(dataDir, 'hall'), assetsDir, log),
  ]);
  const catalogue = new Catalogue(items.version, items.items, () => new Readings(readings), quiet);
  return { translate, catalogue, glyphs, hall };
}

import { join } from 'node:path';
import { Readings } from '../domain/search/index.ts';
import { Catalogue } from '../services/catalogue.ts';
import type { LogPort } from '../services/ports.ts';
import { NO_GLYPHS, type GlyphSource } from '../../native/model/glyphs.ts';
import { loadGlyphsNow } from '../../native/transport/system-glyphs.ts';
import { loadHallExtras } from './hall-extras.ts';
import { loadReceiptTexts } from './locale-texts.ts';
import { loadShippedCatalogue, readReadings } from './shipped-catalogue.ts';

/** What the build and the hall bring along, as the kiosk needs it. */
export interface Shipped {
  readonly translate: Awaited<ReturnType<typeof loadReceiptTexts>>;
  readonly catalogue: Catalogue;
  readonly glyphs: GlyphSource;
  readonly hall: Awaited<ReturnType<typeof loadHallExtras>>;
}

/**
 * The receipt font, read when the first receipt is printed: it takes 20 ms and 2.4 MB. Without it rare characters are printed
 * by their number, which is logged; the kiosk works.
 */
function glyphsOf(file: string, log: LogPort): GlyphSource {
  let font: GlyphSource | null = null;
  const open = (): GlyphSource => {
    const opened = loadGlyphsNow(file);
    if (opened.ok) return opened.value;
    log.event('error', 'receipt-font-missing', { detail: opened.error.detail });
    return NO_GLYPHS;
  };
  return { glyph: (char) => (font ??= open()).glyph(char) };
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
  const [translate, items, readings, hall] = await Promise.all([
    loadReceiptTexts(assetsDir),
    loadShippedCatalogue(assetsDir, log),
    readReadings(assetsDir, log),
    loadHallExtras(join(dataDir, 'hall'), assetsDir, log),
  ]);
  const catalogue = new Catalogue(items.version, items.items, () => new Readings(readings), quiet);
  return { translate, catalogue, glyphs: glyphsOf(join(assetsDir, 'fonts', 'receipt-24.bin'), log), hall };
}

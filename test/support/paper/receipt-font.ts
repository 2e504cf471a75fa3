import { loadGlyphs } from '../../../native/transport/system-glyphs.ts';

const loaded = await loadGlyphs(new URL('../../../assets/fonts/receipt-24.bin', import.meta.url));
if (!loaded.ok) throw new Error(loaded.error.detail);

/** The font that the product ships for receipts. */
export const receiptFont = loaded.value;

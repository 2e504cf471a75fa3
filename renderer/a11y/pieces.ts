import { lowered, type Span } from './pages.ts';

/** What is never cut: things to press, lines, pictures. Of nested ones the outermost counts. */
const PIECES =
  'button, li, p, h1, h2, h3, dl > div, .notice, .field, .sum-head, [role="img"], svg, figure, canvas, video, table, .pad, .rc, .phone-card';

/** What would stand alone at a page's foot: it goes with what follows it. */
const HEADS = '.sum-head, .h2, h2, h3';

/** Spans of the content's pieces, from its own top; a heading reaches to the end of its first piece. */
export function piecesOf(box: HTMLElement): Span[] {
  const origin = box.getBoundingClientRect().top - box.scrollTop;
  const outer = (element: HTMLElement): Element | null => element.parentElement?.closest(PIECES) ?? null;
  const pieces = [...box.querySelectorAll<HTMLElement>(PIECES)]
    .filter((element) => outer(element) === null || !box.contains(outer(element)))
    .map((element) => ({ head: element.matches(HEADS), rect: element.getBoundingClientRect() }))
    .filter(({ rect }) => rect.height > 0);
  return pieces.map(({ head, rect }, index) => {
    const first = head ? pieces[index + 1]?.rect : undefined;
    const bottom = first !== undefined && first.top >= rect.bottom - 1 ? first.bottom : rect.bottom;
    return { top: rect.top - origin, bottom: bottom - origin };
  });
}

/**
 * Where what shows of a content ends with something whole.
 * @param top of what shows, in pixels from the content's top
 * @param edge where its place ends
 * @returns null when something is so tall that less than half of the place would be left
 */
export function lowestWhole(pieces: readonly Span[], top: number, edge: number): number | null {
  if (pieces.some((piece) => piece.top <= top && piece.bottom > edge + 1)) return null;
  let cut = lowered(pieces, top, edge);
  // What stands beside the first piece that is cut may be cut by its upper edge.
  for (let next = lowered(pieces, top, cut); next < cut; next = lowered(pieces, top, cut)) cut = next;
  return cut > top + (edge - top) / 2 ? cut : null;
}

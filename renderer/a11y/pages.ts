/** Upper and lower edge of something that must not be cut, in pixels from the content's top. */
export interface Span {
  readonly top: number;
  readonly bottom: number;
}

/** One page of a long content: where it begins, and where its last whole piece ends. */
export interface PageSpan {
  readonly top: number;
  readonly bottom: number;
}

/** The highest of the pieces that an edge would cut, or the edge itself. */
export function lowered(pieces: readonly Span[], top: number, edge: number): number {
  return pieces
    .filter((piece) => piece.top > top && piece.top < edge && piece.bottom > edge + 1)
    .reduce((lowest, piece) => Math.min(lowest, piece.top), edge);
}

/**
 * Cuts a content into pages of at most `room` pixels, never through a piece that fits on a page of its own.
 * @param height of the whole content
 */
export function cutIntoPages(pieces: readonly Span[], height: number, room: number): readonly PageSpan[] {
  if (height <= room || room <= 0) return [{ top: 0, bottom: height }];
  const pages: PageSpan[] = [];
  let top = 0;
  while (height - top > room) {
    const end = top + room;
    const crossing = pieces.filter((piece) => piece.top > top && piece.top < end && piece.bottom > end + 1);
    let cut = lowered(pieces, top, end);
    // What stands beside a piece that goes to the next page goes with it, if enough is left on this one.
    for (let next = lowered(pieces, top, cut); next < cut && next > top + room / 2; next = lowered(pieces, top, cut)) {
      cut = next;
    }
    // Beside what goes to the next page may stand what began on this one: it is shown whole.
    const whole = pieces.filter((piece) => piece.top >= top && piece.top < cut - 1 && piece.bottom <= end + 1);
    const bottom = whole.reduce((lowest, piece) => Math.max(lowest, piece.bottom), top);
    // A piece that is taller than the page is shown in parts.
    const next = pieces.filter((piece) => piece.top >= cut - 1).reduce((a, piece) => Math.min(a, piece.top), Infinity);
    pages.push({ top, bottom: bottom > top ? bottom : cut });
    top = Number.isFinite(next) && next > top && crossing.every((piece) => piece.top >= next) ? next : cut;
  }
  pages.push({ top, bottom: height });
  return pages;
}

/** What is measured of a column: its content, its place, and the pager below it. Heights in pixels. */
export interface Column {
  readonly pieces: readonly Span[];
  /** How far the content reaches. */
  readonly height: number;
  /** The content's place as it is now, with the pager that there is. */
  readonly place: number;
  /** Room that the pager takes of the column, its margins too; null when there is none. */
  readonly pager: number | null;
  /** The pager stands beside the buttons and takes no room of the content. */
  readonly beside: boolean;
}

/**
 * Pages of a content, none when it fits. The pager changes the place that decides whether there is one, so both answers are
 * reckoned with the whole column, measured and not supposed: else one answer would bring about the other without end.
 * @param supposed room that a pager would take which is not there yet
 */
export function pagesFor(column: Column, supposed: number): readonly PageSpan[] | null {
  const { pieces, height, place, pager, beside } = column;
  const whole = place + (beside ? 0 : (pager ?? 0));
  if (height <= whole) return null;
  return cutIntoPages(pieces, height, beside ? whole : whole - (pager ?? supposed));
}

/** Number of the page on which a height lies, counted from 0. */
export function pageOf(pages: readonly PageSpan[], y: number): number {
  const at = pages.findLastIndex((page) => page.top <= y + 1);
  return Math.max(0, at);
}

/** Whether two cuts are one for the eye: where content was scrolled to moves what is measured by parts of a pixel. */
export function samePages(some: readonly PageSpan[], others: readonly PageSpan[]): boolean {
  const near = (a: number, b: number): boolean => Math.abs(a - b) < 1;
  return (
    some.length === others.length &&
    some.every(({ top, bottom }, index) => {
      const other = others[index];
      return other !== undefined && near(top, other.top) && near(bottom, other.bottom);
    })
  );
}

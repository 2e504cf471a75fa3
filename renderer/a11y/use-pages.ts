import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { pageOf, pagesFor, samePages, type Column, type PageSpan, type Span } from './pages.ts';
import { piecesOf } from './pieces.ts';

interface Paged {
  /** The content's box. */
  readonly box: RefObject<HTMLDivElement | null>;
  readonly pages: number;
  readonly page: number;
  /** Turns to a page, counted from 0. */
  readonly turn: (page: number) => void;
}

/** How far a box's content reaches. */
function heightOf(pieces: readonly Span[]): number {
  return Math.ceil(pieces.reduce((lowest, piece) => Math.max(lowest, piece.bottom), 0));
}

/** Counters whose pager shares a row with the buttons or stands at the list's side, as the styles lay them out. */
const BESIDE = [
  "[data-reach='on'][data-layout='landscape'] .screen:not(.done, :has(.is-closed)) .desk:not(:has(> .ime)) > .counter:has(> .acts)",
  "[data-size='elder'][data-layout='landscape']:not([data-reach='on']) .find .desk:has(> .ime) > .counter",
  "[data-size='elder'][data-layout='landscape']:not([data-reach='on']) .desk:not(:has(> .ime)) > .counter:has(> .acts:is(.acts-one, .acts-pair, .acts-one-two))",
].join();

const ONE: readonly PageSpan[] = [{ top: 0, bottom: 0 }];

/** A content that is laid out in another way beside a pager may still call it and send it away: it goes a few times in so long. */
const CALM_MS = 1_000;
/** How often it goes in that time: while a panel or a mode turns, the first measures are of what is on its way. */
const JOINS = 3;

/** Time of the frame, in milliseconds: it goes on while a test holds the page's clock. */
function frameTime(): number {
  return Number(document.timeline.currentTime ?? 0);
}

/** Hides what stands below the page's last whole piece, however high the box is now. */
function cutBelow(box: HTMLElement, { top, bottom }: PageSpan): void {
  box.style.setProperty('--page-cut', `${Math.max(0, box.clientHeight - (bottom - top))}px`);
}

/** Room that the pager takes of its column. */
function outerHeight(pager: HTMLElement): number {
  const { marginTop, marginBottom } = getComputedStyle(pager);
  return pager.getBoundingClientRect().height + Number.parseFloat(marginTop) + Number.parseFloat(marginBottom);
}

/**
 * Pages instead of scrolling: a content that is longer than its place is turned over with large buttons, and no line or
 * button is cut by the edge. Where the keyboard's focus goes the page follows.
 */
export function usePages(active: boolean, pagerHeight: number): Paged {
  const box = useRef<HTMLDivElement>(null);
  const joined = useRef<readonly number[]>([]);
  const cut = useRef<PageSpan | null>(null);
  const [pages, setPages] = useState<readonly PageSpan[]>(ONE);
  const [page, setPage] = useState(0);
  const shown = Math.min(page, pages.length - 1);

  const measure = useCallback((): void => {
    const element = box.current;
    if (element === null) return;
    if (!active) {
      setPages((old) => (old === ONE ? old : ONE));
      setPage(0);
      return;
    }
    const pieces = piecesOf(element);
    const pager = element.parentElement?.querySelector<HTMLElement>(':scope > .pager') ?? null;
    const column: Column = {
      pieces,
      height: heightOf(pieces),
      place: element.clientHeight - Number.parseFloat(getComputedStyle(element).paddingTop),
      pager: pager === null ? null : outerHeight(pager),
      beside: pager !== null && element.parentElement?.matches(BESIDE) === true,
    };
    const next = pagesFor(column, pagerHeight);
    if (next !== null) setPages((old) => (samePages(old, next) ? old : next));
    else if (pager === null) setPages((old) => (old === ONE ? old : ONE));
    else if (joined.current.filter((at) => frameTime() - at < CALM_MS).length < JOINS) {
      joined.current = [...joined.current.slice(1 - JOINS), frameTime()];
      setPages(ONE);
    }
  }, [active, pagerHeight]);

  useLayoutEffect(measure);
  useEffect(() => {
    const element = box.current;
    if (element === null || !active) return undefined;
    const watch = new ResizeObserver(() => {
      measure();
      // The same pages in a box of another height.
      if (cut.current !== null) cutBelow(element, cut.current);
    });
    // What is in the box grows with its type while the box stays as it is.
    const watchAll = (): void => [element, ...element.children].forEach((part) => watch.observe(part));
    watchAll();
    const changes = new MutationObserver(() => {
      watchAll();
      measure();
    });
    changes.observe(element, { childList: true, subtree: true, characterData: true });
    return () => {
      watch.disconnect();
      changes.disconnect();
    };
  }, [active, measure]);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const span = pages[shown];
    if (!active || span === undefined || pages.length === 1) {
      cut.current = null;
      element.style.removeProperty('--page-cut');
      element.scrollTop = 0;
      return;
    }
    element.scrollTop = span.top;
    cut.current = span;
    cutBelow(element, span);
  }, [active, pages, shown]);

  useEffect(() => {
    const element = box.current;
    if (element === null || !active) return undefined;
    const follow = (event: FocusEvent): void => {
      if (!(event.target instanceof HTMLElement)) return;
      const y = event.target.getBoundingClientRect().top - element.getBoundingClientRect().top + element.scrollTop;
      const at = pageOf(pages, y);
      setPage(at);
      // The browser has moved the content its own way.
      element.scrollTop = pages[at]?.top ?? 0;
    };
    element.addEventListener('focusin', follow);
    return () => element.removeEventListener('focusin', follow);
  }, [active, pages]);

  return { box, pages: pages.length, page: shown, turn: setPage };
}

import { useCallback, useLayoutEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { lowestWhole, piecesOf } from '../a11y/pieces.ts';
import { Icon } from './icon.tsx';

/** Hides what would show in part at the box's foot. @returns whether what shows ends with something whole */
function endWhole(element: HTMLElement): boolean {
  const kept = Number.parseFloat(element.style.marginBottom || '0');
  const [top, room] = [element.scrollTop, element.clientHeight + kept];
  const longer = getComputedStyle(element).overflowY === 'auto' && top + room < element.scrollHeight - 8;
  const foot = longer ? lowestWhole(piecesOf(element), top, top + room) : null;
  const cut = foot === null ? 0 : Math.round(top + room - foot);
  if (Math.abs(cut - kept) >= 1) element.style.marginBottom = cut === 0 ? '' : `${cut}px`;
  return foot !== null;
}

/**
 * What may be longer than its place. While it is, a button says that there is more and leads there, for who does not
 * think of dragging; the arrow keys reach it too. At rest no line is cut at its foot. Words that fit are no stop on the
 * way of the Tab key.
 */
export function Scroll({
  label,
  className = '',
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}): ReactElement {
  const { t } = useTranslation('ui');
  const box = useRef<HTMLDivElement>(null);
  const [long, setLong] = useState(false);
  const [atEnd, setAtEnd] = useState(false);
  const [whole, setWhole] = useState(false);
  const measure = useCallback((): void => {
    const element = box.current;
    if (element === null) return;
    // Reckoned without the button, so that it does not call for itself.
    const button = element.parentElement?.querySelector<HTMLElement>(':scope > .more-below') ?? null;
    const below = button !== null && button.offsetTop >= element.offsetTop + element.clientHeight;
    const kept = Number.parseFloat(element.style.marginBottom || '0');
    const room = below ? button.offsetTop + button.offsetHeight : element.clientHeight + kept;
    setLong(element.scrollHeight > room + 1);
    setAtEnd(element.scrollTop + element.clientHeight + kept >= element.scrollHeight - 8);
  }, []);
  const settle = useCallback((): void => {
    measure();
    if (box.current !== null) setWhole(endWhole(box.current));
  }, [measure]);
  const changes = useRef<MutationObserver | null>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const watch = new ResizeObserver(settle);
    watch.observe(element);
    // What stands in it may learn of more by itself: a list that is fetched, a message that comes.
    const observer = new MutationObserver(settle);
    observer.observe(element, { childList: true, subtree: true, characterData: true });
    changes.current = observer;
    element.addEventListener('scrollend', settle);
    return () => {
      watch.disconnect();
      observer.disconnect();
      element.removeEventListener('scrollend', settle);
    };
  }, [settle]);
  useLayoutEffect(() => {
    settle();
    // What has just been measured is no news.
    changes.current?.takeRecords();
  }, [children, settle]);
  const move = (): void => {
    const element = box.current;
    if (element === null) return;
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const top = atEnd ? 0 : element.scrollTop + element.clientHeight * (whole ? 1 : 0.75);
    element.scrollTo({ top, behavior: calm ? 'auto' : 'smooth' });
  };
  return (
    <div className={`scroll-frame ${long && !atEnd ? 'has-more' : ''} ${whole ? 'ends-whole' : ''}`}>
      <div
        ref={box}
        className={`scroll ${className} ${long ? 'is-long' : ''}`}
        onScroll={measure}
        {...(long ? { role: 'region', 'aria-label': label, tabIndex: 0 } : {})}
      >
        {children}
      </div>
      {long ? (
        <button type="button" className="btn ghost sm more-below" onClick={move}>
          <Icon name="chevron-down" className={atEnd ? 'flip' : ''} />
          <span className="btn-words">{t(atEnd ? 'scroll.up' : 'scroll.down')}</span>
        </button>
      ) : null}
    </div>
  );
}

import { useCallback, useLayoutEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from './icon.tsx';

/**
 * What may be longer than its place. While it is, a button says that there is more and leads there, for who does not
 * think of dragging; the arrow keys reach it too. Words that fit are no stop on the way of the Tab key.
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
  const measure = useCallback((): void => {
    const element = box.current;
    if (element === null) return;
    // Reckoned without the button, so that it does not call for itself.
    const button = element.parentElement?.querySelector<HTMLElement>(':scope > .more-below') ?? null;
    const below = button !== null && button.offsetTop >= element.offsetTop + element.clientHeight;
    const room = element.clientHeight + (below ? button.offsetTop + button.offsetHeight - element.clientHeight : 0);
    setLong(element.scrollHeight > room + 1);
    setAtEnd(element.scrollTop + element.clientHeight >= element.scrollHeight - 8);
  }, []);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    // What stands in it may learn of more by itself: a list that is fetched, a message that comes.
    const changes = new MutationObserver(measure);
    changes.observe(element, { childList: true, subtree: true, characterData: true });
    return () => {
      watch.disconnect();
      changes.disconnect();
    };
  }, [children, measure]);
  const move = (): void => {
    const element = box.current;
    if (element === null) return;
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const top = atEnd ? 0 : element.scrollTop + element.clientHeight * 0.75;
    element.scrollTo({ top, behavior: calm ? 'auto' : 'smooth' });
  };
  return (
    <div className={`scroll-frame ${long && !atEnd ? 'has-more' : ''}`}>
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

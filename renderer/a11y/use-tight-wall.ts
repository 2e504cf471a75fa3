import { useLayoutEffect, useRef, type RefObject } from 'react';

/** How far a wall's words can be drawn together, as `long-words.css` does it by `data-tight`. */
const TIGHTEST = 3;

/** Whether the title and what stands with it reach below their place: over the wall's foot, or over what is told there. */
function overflows(wall: HTMLElement): boolean {
  const words = wall.querySelector(':scope > .block')?.getBoundingClientRect();
  if (words === undefined || words.height === 0) return false;
  const foot = wall.getBoundingClientRect().bottom - Number.parseFloat(getComputedStyle(wall).paddingBottom);
  const told = wall.parentElement?.querySelector<HTMLElement>('.before-acts')?.getBoundingClientRect();
  const over = told !== undefined && told.height > 0 && told.left < words.right ? told.top - 8 : foot;
  return words.bottom > Math.min(foot, over) + 1;
}

function fit(wall: HTMLElement): void {
  for (let step = 0; step <= TIGHTEST; step += 1) {
    if (step === 0) delete wall.dataset['tight'];
    else wall.dataset['tight'] = String(step);
    if (!overflows(wall)) return;
  }
}

/**
 * A wall that lies beside the counter cannot grow: in a language with longer words its title is drawn together by steps
 * until nothing lies over anything else.
 * @param words what stands on the wall and beside it; measured when one of them is another
 */
export function useTightWall(words: readonly unknown[]): RefObject<HTMLElement | null> {
  const wall = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (wall.current !== null) fit(wall.current);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- of one length in every frame
  }, words);
  useLayoutEffect(() => {
    const element = wall.current;
    if (element === null) return undefined;
    const watch = new ResizeObserver(() => fit(element));
    watch.observe(element);
    const block = element.querySelector(':scope > .block');
    if (block !== null) watch.observe(block);
    return () => watch.disconnect();
  }, []);
  return wall;
}

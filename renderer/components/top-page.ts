/** Whether a person meets it: drawn, not hidden from assistive technology, and not put out of reach. */
export function isMet(element: Element): boolean {
  return (
    element.getAttribute('aria-hidden') !== 'true' &&
    element.checkVisibility({ visibilityProperty: true }) &&
    element.closest('[inert]') === null
  );
}

/** The page on top: the one that can be touched. */
export function topPage(): HTMLElement | null {
  const all = [...document.querySelectorAll<HTMLElement>('main.screen')].filter(isMet);
  return all.at(-1) ?? null;
}

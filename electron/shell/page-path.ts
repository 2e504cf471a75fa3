import { join, normalize, sep } from 'node:path';

/** Host of the product's own page. */
export const PAGE_HOST = 'hall24';
/** Origin of the product's own page. */
export const PAGE_ORIGIN = `app://${PAGE_HOST}`;

/**
 * The file that a request for the page's own scheme means.
 * @param rendererDir folder of the built page, absolute
 * @returns null when the address is not the page's or would lead out of the folder
 */
export function pagePath(address: string, rendererDir: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== 'app:' || url.host !== PAGE_HOST) return null;
  let name: string;
  try {
    name = decodeURIComponent(url.pathname);
  } catch {
    return null;
  }
  // A backslash separates folders on Windows only, and no file of ours has one or a control character.
  if (/[\\\p{Cc}]/u.test(name)) return null;
  const path = normalize(join(rendererDir, name));
  return path.startsWith(normalize(rendererDir) + sep) && !path.endsWith(sep) ? path : null;
}

/** True when the URL is a page of ours: same scheme and host, compared as parsed, not as text. */
export function isOwnPage(url: string, origin: string): boolean {
  if (!URL.canParse(url)) return false;
  const page = new URL(url);
  const own = new URL(origin);
  return page.protocol === own.protocol && page.host === own.host;
}

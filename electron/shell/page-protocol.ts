import { extname } from 'node:path';
import { protocol, type Session } from 'electron';
import { pagePath } from './page-path.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wav': 'audio/wav',
  '.bin': 'application/octet-stream',
};

/** Own scripts, styles, pictures and fonts only; nothing inline, nothing from outside, nothing framed. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Must run before the app is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: false } },
  ]);
}

/** Chromium's word for a file that is not there. */
const FILE_NOT_FOUND = -6;

/**
 * Serves the built page from `rendererDir`. A custom protocol, because file URLs fail from the asar once the file
 * privileges are fused off, and because the policy can then be a header. By the file itself and not by `protocol.handle`:
 * that one makes every answer of Node's `fetch` parts, whose loading and streams cost the start 80 ms of the main thread.
 */
export function servePage(session: Session, rendererDir: string): void {
  session.protocol.registerFileProtocol('app', ({ method, url }, answer) => {
    const path = method === 'GET' ? pagePath(url, rendererDir) : null;
    const type = path === null ? undefined : TYPES[extname(path)];
    if (path === null || type === undefined) return answer({ error: FILE_NOT_FOUND });
    answer({
      path,
      headers: {
        'content-type': type,
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
    });
  });
}

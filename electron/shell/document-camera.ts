import type { Session } from 'electron';
import { isOwnPage } from '../ipc/own-page.ts';
import { mayUseCamera } from './document-camera-rule.ts';
import { PAGE_ORIGIN } from './page-path.ts';

/** Lets the page at the kiosk use the camera while a screen that takes pictures is open, and nothing else ever. */
export function guardCamera(session: Session, allowed: () => boolean): void {
  session.setPermissionRequestHandler((_contents, permission, callback, details) => {
    const media = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    const own = details.isMainFrame && isOwnPage(details.requestingUrl, PAGE_ORIGIN);
    callback(mayUseCamera({ allowed: allowed(), own, permission, media }));
  });
  session.setPermissionCheckHandler((_contents, permission, origin, details) => {
    const media = details.mediaType === undefined ? [] : [details.mediaType];
    return mayUseCamera({
      allowed: allowed(),
      own: isOwnPage(`${origin.replace(/\/$/u, '')}/`, PAGE_ORIGIN),
      permission,
      media,
    });
  });
}

import { watchCameras } from './camera.ts';
import { kioskView, subscribeKiosk } from './kiosk-store.ts';

/** Looks for cameras once the kiosk has one: looking takes the browser two more processes. */
export function watchConfiguredCamera(): void {
  let watching = false;
  const look = (): void => {
    if (watching || (kioskView().snapshot?.camera ?? 'none') === 'none') return;
    watching = true;
    stop();
    watchCameras();
  };
  const stop = subscribeKiosk(look);
  look();
}

/**
 * The real screens over a fake bridge: `?network=down&printer=paper-out&card=C203-card-unreadable&submit=kept...`.
 * Everything in it is synthetic.
 */
import { setModes } from '../../renderer/flow/modes.ts';
import { switchLanguage } from '../../renderer/i18n/index.ts';
import { switchLocale } from '../../renderer/i18n/packs.ts';
import { fakeBridge } from './fake-bridge.ts';

/** What the camera may turn without touching the screen: exactly what the accessibility page turns. */
export interface GalleryHandle {
  readonly setModes: typeof setModes;
  readonly switchLanguage: typeof switchLanguage;
  readonly switchLocale: typeof switchLocale;
}

const handle: GalleryHandle = { setModes, switchLanguage, switchLocale };
Object.defineProperty(window, 'gallery', { value: handle });
Object.defineProperty(window, 'hall24', { value: fakeBridge(new URLSearchParams(location.search)) });
await import('../../renderer/main.tsx');

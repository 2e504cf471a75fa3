/**
 * The real screens over a fake bridge: `?network=down&printer=paper-out&card=C203-card-unreadable&submit=kept...`.
 * Started by `shoot.ts`; everything in it is synthetic.
 */
import { fakeBridge } from './fake-bridge.ts';

Object.defineProperty(window, 'hall24', { value: fakeBridge(new URLSearchParams(location.search)) });
await import('../../renderer/main.tsx');

import type { Sealer, LogPort } from '../services/ports.ts';
import type { Headset, SpeechEngine } from '../services/speech.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import type { TransportOpener } from '../../native/model/transport.ts';
import type { DriverRegistry } from '../../native/manager/driver-types.ts';
import type { KeyWrap } from '../store/index.ts';
import type { KioskConfig } from './config/schema.ts';
import type { CameraDesk } from './document-camera.ts';
import type { OpenQueue } from './queue/index.ts';
import type { VisitDesk } from './visit/index.ts';

/** What the composition root is given: everything that a test may want to turn. */
export interface AppOptions {
  /** Folder for configuration, database and logs; made when missing. */
  readonly dataDir: string;
  /** Folder of locale files and catalogue. */
  readonly assetsDir: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LogPort;
  readonly openTransport: TransportOpener;
  readonly registry: DriverRegistry;
  /** What makes sound of text, and the headset's socket; without them the kiosk does not speak. */
  readonly speechEngine?: SpeechEngine;
  readonly headset?: Headset;
  /** The window's camera; without a window there is none. */
  readonly camera?: CameraDesk;
  /** Configuration for a kiosk that has none yet; without it such a kiosk does not start. */
  readonly firstConfig: KioskConfig | null;
  readonly version: string;
  readonly development: boolean;
  /** The operating system's key store; without one a key file of the kiosk's own is used. */
  readonly keyWrap?: KeyWrap;
  /** The key file; `keys/master.key` in the data folder unless told. */
  readonly keyFile?: string;
  /** What seals payloads for the platform; HPKE unless told. */
  readonly sealer?: Sealer;
  /** Keeps what is personal, and the card readers, out of this process; without it they are here. */
  readonly desk?: VisitDesk;
  /** When there is time for what nobody waits for, after the first screen; at once unless told. */
  readonly quiet?: Promise<void>;
  /** Where store and sync run; in this process unless told. */
  readonly openQueue?: OpenQueue;
  /** Time between two heartbeats in milliseconds; 30,000 unless told. */
  readonly heartbeatMs?: number;
  /** Time between two looks at a device that works, in milliseconds; 5,000 unless told. */
  readonly healthIntervalMs?: number;
}

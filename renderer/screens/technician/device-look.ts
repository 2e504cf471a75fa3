import type { DeviceHealthDto, DeviceSettingDto } from '../../../electron/contract/dto.ts';
import type { IconName, StateTone } from '../../components/index.ts';

export type DeviceClass = DeviceSettingDto['deviceClass'];

/** The order of the list. */
export const CLASSES: readonly DeviceClass[] = [
  'id-card-reader',
  'receipt-printer',
  'pickup-locker',
  'evaluation-keypad',
  'code-scanner',
  'social-security-card-reader',
  'page-printer',
  'document-camera',
  'presence-sensor',
];

export const CLASS_ICON: Readonly<Record<DeviceClass, IconName>> = {
  'id-card-reader': 'id-card',
  'receipt-printer': 'receipt',
  'pickup-locker': 'locker',
  'evaluation-keypad': 'keypad',
  'code-scanner': 'scanner',
  'social-security-card-reader': 'id-card',
  'page-printer': 'receipt',
  'document-camera': 'scanner',
  'presence-sensor': 'people',
};

/** How a device's state is shown; the word stands under `technician:state.<word>`. */
export interface DeviceLook {
  readonly tone: StateTone;
  readonly word:
    | 'online'
    | 'busy'
    | 'starting'
    | 'offline'
    | 'power-off'
    | 'fault'
    | 'hand-needed'
    | 'tampered'
    | 'paper-low'
    | 'paper-out'
    | 'paper-jam'
    | 'none';
  /** Somebody has to do something. */
  readonly needsWork: boolean;
}

const look = (tone: StateTone, word: DeviceLook['word'], needsWork: boolean): DeviceLook => ({ tone, word, needsWork });

const BY_STATUS: Readonly<Record<string, DeviceLook>> = {
  online: look('ok', 'online', false),
  deviceBusy: look('ok', 'busy', false),
  starting: look('wait', 'starting', false),
  noDevice: look('off', 'none', false),
  offline: look('err', 'offline', true),
  powerOff: look('err', 'power-off', true),
  hardwareError: look('err', 'fault', true),
  userError: look('err', 'hand-needed', true),
  fraudAttempt: look('err', 'tampered', true),
  potentialFraud: look('err', 'tampered', true),
};

/** State as tone and word. Paper comes before everything else but a device that does not answer. */
export function deviceLook(health: Pick<DeviceHealthDto, 'status' | 'paper'> | undefined): DeviceLook {
  if (health === undefined) return look('off', 'none', false);
  const base = BY_STATUS[health.status] ?? look('err', 'fault', true);
  const answers = ['online', 'userError', 'hardwareError', 'deviceBusy'].includes(health.status);
  if (!answers) return base;
  if (health.paper === 'out') return look('err', 'paper-out', true);
  if (health.paper === 'jammed') return look('err', 'paper-jam', true);
  if (health.paper === 'low' && !base.needsWork) return look('wait', 'paper-low', true);
  return base;
}

/** How long something lasted, for people: a unit under `technician:device.lasted.<unit>` and its number. */
export function lastedOf(ms: number): {
  readonly unit: 'seconds' | 'minutes' | 'hours' | 'days';
  readonly count: number;
} {
  if (ms < 60_000) return { unit: 'seconds', count: Math.max(1, Math.round(ms / 1_000)) };
  if (ms < 3_600_000) return { unit: 'minutes', count: Math.round(ms / 60_000) };
  if (ms < 48 * 3_600_000) return { unit: 'hours', count: Math.round(ms / 3_600_000) };
  return { unit: 'days', count: Math.round(ms / 86_400_000) };
}

/** How long ago, for people: a unit under `technician:ago.<unit>` and its number. */
export function agoOf(ms: number): { readonly unit: 'now' | 'seconds' | 'minutes' | 'hours'; readonly count: number } {
  if (ms < 1_000) return { unit: 'now', count: 0 };
  if (ms < 60_000) return { unit: 'seconds', count: Math.floor(ms / 1_000) };
  if (ms < 3_600_000) return { unit: 'minutes', count: Math.floor(ms / 60_000) };
  return { unit: 'hours', count: Math.floor(ms / 3_600_000) };
}

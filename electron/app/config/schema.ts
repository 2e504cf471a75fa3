import { z } from 'zod';
import { DeviceSettingDto, FunctionId, LocalTextDto, LockerLayoutDto } from '../../contract/dto.ts';
import { SealingKey } from '../../platform-api/envelope.ts';
import { secretText } from './secrets.ts';

const Slot = z.enum(['left', 'middle', 'right']);

/** Format of a configuration whose credentials stand as they are: what a hall provisions. */
export const PLAIN_FORMAT = 1;
/** Format of one with credentials under the settings key. A program before does not know it, and says so. */
export const SEALED_FORMAT = 2;

/** Everything that differs from kiosk to kiosk. */
export const KioskConfig = z.object({
  format: z.union([z.literal(PLAIN_FORMAT), z.literal(SEALED_FORMAT)]),
  /** Counts up with every change; a change names the version it was made from. */
  version: z.number().int().min(1),
  kiosk: z.object({
    code: z.string().regex(/^[A-Z]{2}\d{2}$/),
    number: z.string().max(4),
    hallName: LocalTextDto,
    roomName: LocalTextDto,
    hotline: z.string().max(20),
    dutyPhone: z.string().max(20),
    /** Where each function is to be had nearest when this kiosk cannot: another kiosk, a window, another hall. */
    nearby: z.partialRecord(FunctionId, LocalTextDto).exactOptional(),
    lookupUrl: z.url(),
    timeZone: z.string().refine((zone) => {
      try {
        return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
      } catch {
        return false;
      }
    }, 'unknown time zone'),
  }),
  platform: z.object({
    baseUrl: z.url(),
    /** Credential of this kiosk; sealed in the file. */
    token: secretText(z.string().min(8).max(200)),
    /** Put in at installation, so that a kiosk that never saw the network can already take cases. */
    sealingKey: SealingKey.nullable(),
  }),
  devices: z.array(DeviceSettingDto),
  slots: z.object({ card: Slot, receipt: Slot, scanner: Slot, locker: z.enum(['left', 'right']) }),
  locker: z
    .object({
      layout: LockerLayoutDto,
      /** Lock of each cell by the name on its door. */
      cells: z.record(
        z.string(),
        z.object({ board: z.number().int().min(0).max(99), lock: z.number().int().min(1).max(50) }),
      ),
    })
    .nullable(),
  /** Left out: a 21.5" panel whose lower edge is 780 mm above the floor. */
  panel: z
    .object({
      /** Edge of a pixel in millimetres: 0.248 on a 21.5" panel, 0.369 on a 32" one. */
      pitchMm: z.number().min(0.1).max(1),
      /** Height of the panel's lower edge above the floor in millimetres. */
      lowerEdgeMm: z.number().min(0).max(2_000),
    })
    .exactOptional(),
  /**
   * Whether somebody listens alone: asked of the sound system (`detect`, also when left out); known for this kiosk
   * (`always`: a handset is fixed to it and all sound goes there; `never`); or a handset by its USB id, to which the sound
   * is set to go while it is there.
   */
  headset: z
    .union([z.enum(['detect', 'always', 'never']), z.object({ usb: z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{4}$/i) })])
    .exactOptional(),
  /** Tones beside what is seen; left out: on, softer from 22:00 to 07:00. */
  sounds: z
    .object({
      chimes: z.enum(['on', 'off']),
      quietFrom: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/),
      quietTo: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/),
      quiet: z.enum(['softer', 'off']),
    })
    .exactOptional(),
  technician: z.object({
    /** See `services/pin.ts`; sealed in the file, because the few PINs there are can all be tried against it. */
    pinHash: secretText(z.string().min(20)),
    /** PIN of a second person, who must agree when something that was kept is given up; without it nothing can be. */
    secondPinHash: secretText(z.string().min(20)).exactOptional(),
  }),
});
export type KioskConfig = z.infer<typeof KioskConfig>;

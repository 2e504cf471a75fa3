import type { DriverDefinition } from '../model/driver-registry.ts';
import type { IdCardReader } from '../model/id-card-reader.ts';
import { HID_FRAMINGS, STREAM_FRAMINGS } from './framing.ts';
import { SdtReader } from './sdt-driver.ts';
import { SDT_BAUDS } from './sdt-frame.ts';

/** Readers with a SAM_A or SAM_V module (GA 467 frame protocol) on a serial line or behind a network address. */
export const sdtReader: DriverDefinition<IdCardReader> = {
  id: 'sdt',
  deviceClass: 'id-card-reader',
  name: { 'zh-CN': '二代证阅读机具（SDT 协议，串口）', en: 'ID card reader (SDT protocol, serial)' },
  schemes: ['serial', 'tcp'],
  bauds: SDT_BAUDS,
  options: [
    {
      key: 'framing',
      label: {
        'zh-CN': '报文封装（whole：整帧，split：裸 USB 模块分段，hid-wrapped：厂商 HID 封装）',
        en: 'Framing (whole frames; split: bridge to a bare USB module; hid-wrapped: vendor reports)',
      },
      values: STREAM_FRAMINGS,
      fallback: 'whole',
    },
  ],
  identify: { bauds: SDT_BAUDS, turn: 'frame' },
  create: ({ transport, clock, options, ledger }) =>
    new SdtReader(transport, clock, { framing: options['framing'], ledger }),
};

/** The same module behind a vendor's HID controller, or behind a bridge that carries its USB transfers as reports. */
export const sdtHidReader: DriverDefinition<IdCardReader> = {
  id: 'sdt-hid',
  deviceClass: 'id-card-reader',
  name: { 'zh-CN': '二代证阅读机具（SDT 协议，HID 接口）', en: 'ID card reader (SDT protocol, HID)' },
  schemes: ['hid'],
  bauds: [],
  options: [
    {
      key: 'framing',
      label: {
        'zh-CN': '报文封装（hid-wrapped：厂商 HID 封装，split：分段，whole：整帧）',
        en: 'Framing (hid-wrapped: vendor reports; split: preamble and length apart; whole frames)',
      },
      values: HID_FRAMINGS,
      fallback: 'hid-wrapped',
    },
  ],
  create: ({ transport, clock, options, ledger }) =>
    new SdtReader(transport, clock, { framing: options['framing'] ?? 'hid-wrapped', driverId: 'sdt-hid', ledger }),
};

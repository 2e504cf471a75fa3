import type { DriverDefinition } from '../model/driver-registry.ts';
import type { IdCardReader } from '../model/id-card-reader.ts';
import { FRAMING_NAMES } from './framing.ts';
import { SdtReader } from './sdt-driver.ts';
import { SDT_BAUDS } from './sdt-frame.ts';

/** Readers with a SAM_A or SAM_V module (GA 467 frame protocol), bare on a serial line or behind a vendor's wrapper. */
export const sdtReader: DriverDefinition<IdCardReader> = {
  id: 'sdt',
  deviceClass: 'id-card-reader',
  name: { 'zh-CN': '二代证阅读机具（SDT 协议）', en: 'ID card reader (SDT protocol)' },
  schemes: ['serial', 'tcp', 'hid'],
  bauds: SDT_BAUDS,
  options: [
    {
      key: 'framing',
      label: {
        'zh-CN': '报文封装（auto：串口整帧，HID 厂商封装）',
        en: 'Framing (auto: whole frames on a stream, vendor wrapper over HID)',
      },
      values: FRAMING_NAMES,
      fallback: 'auto',
    },
  ],
  create: ({ transport, clock, options }) => new SdtReader(transport, clock, options['framing']),
};

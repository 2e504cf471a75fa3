import type { DriverDefinition } from '../model/driver-registry.ts';
import type { IdCardReader } from '../model/id-card-reader.ts';
import { SdtReader } from './sdt-driver.ts';

/** Readers with a SAM_A or SAM_V module on a serial line (GA 467 frame protocol). */
export const sdtReader: DriverDefinition<IdCardReader> = {
  id: 'sdt',
  deviceClass: 'id-card-reader',
  name: { 'zh-CN': '二代证阅读机具（SDT 协议，串口）', en: 'ID card reader (SDT protocol, serial)' },
  schemes: ['serial', 'tcp'],
  bauds: [115_200, 57_600, 38_400, 19_200, 9_600],
  options: [],
  create: ({ transport, clock }) => new SdtReader(transport, clock),
};

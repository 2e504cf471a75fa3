import type { KioskConfig } from '../../electron/app/config/schema.ts';
import type { SealingKey } from '../../electron/platform-api/envelope.ts';

/** The kiosk that development and tests run: an invented hall. */
export const TEST_KIOSK_CODE = 'CH03';
export const TEST_KIOSK_TOKEN = 'test-kiosk-token-ch03';
/** PIN of the technician in development and tests. */
export const TEST_PIN = '246810';

type Cells = NonNullable<KioskConfig['locker']>['cells'];

/** Cells by the name on the door: 01-12 on the first board, 13-24 on the next one, both on one bus. */
export function testCells(firstBoard: number): Cells {
  return Object.fromEntries(
    Array.from({ length: 24 }, (_, index) => [
      String(index + 1).padStart(2, '0'),
      { board: firstBoard + Math.floor(index / 12), lock: (index % 12) + 1 },
    ]),
  );
}

export interface TestConfigParts {
  readonly platformUrl: string;
  readonly sealingKey: SealingKey | null;
  readonly pinHash: string;
  /** Address of each device by class; a class left out has no device. */
  readonly devices: KioskConfig['devices'];
  /** Address of the locker's first board. */
  readonly firstBoard: number;
}

/** Configuration of the test kiosk: version 1, all devices at the given addresses. */
export function testConfig(parts: TestConfigParts): KioskConfig {
  return {
    format: 1,
    version: 1,
    kiosk: {
      code: TEST_KIOSK_CODE,
      number: '03',
      hallName: { 'zh-CN': '澄湖区政务服务中心', en: 'Chenghu District Services' },
      roomName: { 'zh-CN': '24 小时自助厅', en: '24-hour hall' },
      hotline: '12345',
      dutyPhone: '5550124',
      lookupUrl: 'https://chenghu.example/r/{tracking}',
      timeZone: 'Asia/Shanghai',
    },
    platform: { baseUrl: parts.platformUrl, token: TEST_KIOSK_TOKEN, sealingKey: parts.sealingKey },
    devices: [...parts.devices],
    slots: { card: 'right', receipt: 'left', scanner: 'middle', locker: 'right' },
    locker: {
      layout: {
        columns: 6,
        rows: 4,
        kioskSide: 'left',
        cells: Object.keys(testCells(parts.firstBoard)).toSorted().map((cell, index) => ({
          cell,
          column: Math.floor(index / 4),
          row: index % 4,
          width: 1,
          height: 1,
        })),
      },
      cells: testCells(parts.firstBoard),
    },
    technician: { pinHash: parts.pinHash },
  };
}

import type { KioskConfig } from '../../electron/app/config/schema.ts';
import type { SealingKey } from '../../electron/platform-api/envelope.ts';

/** The kiosk that development and tests run: an invented hall. */
export const TEST_KIOSK_CODE = 'CH03';
export const TEST_KIOSK_TOKEN = 'test-kiosk-token-ch03';
/** PIN of the technician in development and tests. */
export const TEST_PIN = '246810';

type Locker = NonNullable<KioskConfig['locker']>;

/** Doors of the test locker: columns of six, six, four and three, taller to the right. */
const COLUMNS = [6, 6, 4, 3] as const;
/** Grid rows that every column's doors fit into evenly. */
const GRID_ROWS = 12;
/** Doors 01-12 hang on the first board, the others on the next one; both boards share one bus. */
const FIRST_BOARD_DOORS = 12;

/** Locks by the name on the door. */
export function testCells(firstBoard: number): Locker['cells'] {
  return Object.fromEntries(
    testLayout().cells.map(({ cell }, index) => [
      cell,
      index < FIRST_BOARD_DOORS
        ? { board: firstBoard, lock: index + 1 }
        : { board: firstBoard + 1, lock: index - FIRST_BOARD_DOORS + 1 },
    ]),
  );
}

/** The locker as it stands in the hall. */
export function testLayout(): Locker['layout'] {
  const cells = COLUMNS.flatMap((doors, column) => {
    const first = COLUMNS.slice(0, column).reduce((sum, count) => sum + count, 1);
    const height = GRID_ROWS / doors;
    return Array.from({ length: doors }, (_, index) => ({
      cell: String(first + index).padStart(2, '0'),
      column,
      row: index * height,
      width: 1,
      height,
    }));
  });
  return { columns: COLUMNS.length, rows: GRID_ROWS, kioskSide: 'left', cells };
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
      nearby: {
        apply: { 'zh-CN': '左边 5 米的 05 号机能办', en: 'Use kiosk 05, 5 m to the left' },
        collect: { 'zh-CN': '1 楼 3 号窗口也能领', en: 'Window 3, floor 1, has it too' },
      },
      lookupUrl: 'https://chenghu.example/r/{tracking}',
      timeZone: 'Asia/Shanghai',
    },
    platform: { baseUrl: parts.platformUrl, token: TEST_KIOSK_TOKEN, sealingKey: parts.sealingKey },
    devices: [...parts.devices],
    slots: { card: 'right', receipt: 'left', scanner: 'middle', locker: 'right' },
    locker: {
      layout: testLayout(),
      cells: testCells(parts.firstBoard),
    },
    technician: { pinHash: parts.pinHash },
  };
}

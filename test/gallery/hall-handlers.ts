import type { EventName } from '../../electron/contract/calls.ts';
import type {
  DeviceHealthDto,
  HealthEdgeDto,
  DeviceSettingDto,
  DriverDto,
  LockerLayoutDto,
  LogLineDto,
  OutboxEntryDto,
  PickupDto,
} from '../../electron/contract/dto.ts';

/** Kiosk time of the pictures plus minutes. */
const at = (minutes: number): string => new Date(Date.parse('2026-03-18T12:36:00Z') + minutes * 60_000).toISOString();
const id = (n: number): string => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const fail = (code: string, params: Record<string, string | number> = {}): unknown => ({
  ok: false,
  error: { code, params },
});

const COLUMNS = [6, 6, 4, 3];

/** A locker of nineteen doors: two low columns, a middle and a high one. */
export function exampleLocker(kioskSide: 'left' | 'right'): LockerLayoutDto {
  const cells = COLUMNS.flatMap((count, column) => {
    const before = COLUMNS.slice(0, column).reduce((sum, one) => sum + one, 0);
    return Array.from({ length: count }, (_, index) => ({
      cell: String(before + index + 1).padStart(2, '0'),
      column,
      row: (index * 12) / count,
      width: 1,
      height: 12 / count,
    }));
  });
  return { columns: COLUMNS.length, rows: 12, kioskSide, cells };
}

const PICKUP: PickupDto = {
  pickupId: id(21),
  cell: '11',
  holder: '山月****店',
  contents: [
    { name: { 'zh-CN': '营业执照正本', en: 'Business licence' }, count: 1 },
    { name: { 'zh-CN': '营业执照副本', en: 'Licence copy' }, count: 1 },
    { name: { 'zh-CN': '印章', en: 'Seals' }, count: 4 },
  ],
  validTo: at(3 * 24 * 60),
};

const SETTINGS: readonly DeviceSettingDto[] = [
  { deviceClass: 'id-card-reader', driver: 'sdt', address: 'serial:///dev/ttyUSB0?baud=115200', options: {} },
  { deviceClass: 'receipt-printer', driver: 'escpos', address: 'serial:///dev/ttyUSB1?baud=38400', options: {} },
  { deviceClass: 'pickup-locker', driver: 'kerong-cu48', address: 'tcp://10.20.3.41:4001', options: {} },
  { deviceClass: 'evaluation-keypad', driver: 'hid-keypad', address: 'hid://0c27:3bfa', options: {} },
];

const health = (
  deviceClass: DeviceHealthDto['deviceClass'],
  status: string,
  detail = '',
  paper: string | null = null,
): DeviceHealthDto => ({
  deviceClass,
  driver: SETTINGS.find((one) => one.deviceClass === deviceClass)?.driver ?? '',
  address: SETTINGS.find((one) => one.deviceClass === deviceClass)?.address ?? '',
  status,
  detail,
  paper,
  identity: null,
  since: at(-31),
  lastAnswerAgoMs: status === 'online' ? 2_300 : null,
});

const HEALTH: readonly DeviceHealthDto[] = [
  health('id-card-reader', 'online'),
  {
    ...health('receipt-printer', 'userError', 'paper end', 'out'),
    fault: 'paper-out',
    supplies: [{ name: 'paper', state: 'out', left: 0, lowAt: 2_000, unit: 'millimetres' }],
    counters: { prints: 212, cuts: 212, paperUsedMm: 30_000 },
  },
  { ...health('pickup-locker', 'online'), counters: { opens: 57 } },
  health('evaluation-keypad', 'offline', 'no device with these ids'),
  health('code-scanner', 'noDevice'),
];

const HISTORY: readonly HealthEdgeDto[] = [
  { at: at(-31), status: 'userError', detail: 'paper end', fault: 'paper-out', paper: 'out', lastedMs: null },
  { at: at(-190), status: 'online', detail: '', fault: null, paper: 'low', lastedMs: 9_540_000 },
  { at: at(-4_200), status: 'online', detail: '', fault: null, paper: 'full', lastedMs: 240_600_000 },
  { at: at(-4_201), status: 'starting', detail: '', fault: null, paper: null, lastedMs: 2_400 },
];

const driver = (
  deviceId: string,
  deviceClass: DriverDto['deviceClass'],
  zh: string,
  en: string,
  schemes: string[],
  bauds: number[],
  options: DriverDto['options'] = [],
): DriverDto => ({ id: deviceId, deviceClass, name: { 'zh-CN': zh, en }, schemes, bauds, options });

const PROFILE: DriverDto['options'][number] = {
  key: 'profile',
  label: { 'zh-CN': '按键数据格式', en: 'What a key sends' },
  values: ['auto', 'byte', 'ascii', 'framed', 'text'],
  fallback: 'auto',
};

const DRIVERS: readonly DriverDto[] = [
  driver('sdt', 'id-card-reader', 'SDT 身份证阅读器', 'SDT card reader', ['serial', 'tcp'], [115200, 9600]),
  driver(
    'escpos',
    'receipt-printer',
    'ESC/POS 回执打印机',
    'ESC/POS receipt printer',
    ['serial', 'tcp'],
    [9600, 19200, 38400, 115200],
    [
      {
        key: 'width',
        label: { 'zh-CN': '纸宽（毫米）', en: 'Paper width (mm)' },
        values: ['80', '58'],
        fallback: '80',
      },
      {
        key: 'charset',
        label: { 'zh-CN': '汉字编码', en: 'Chinese encoding' },
        values: ['gb18030', 'gbk'],
        fallback: 'gb18030',
      },
      {
        key: 'statusAnswers',
        label: { 'zh-CN': '打印机是否回报状态', en: 'Printer answers status questions' },
        values: ['auto', 'always', 'never'],
        fallback: 'auto',
      },
    ],
  ),
  driver(
    'kerong-cu48',
    'pickup-locker',
    'KERONG CU48 锁控板',
    'KERONG CU48 lock board',
    ['serial', 'tcp'],
    [19200, 9600],
    [
      {
        key: 'lock-bit',
        label: { 'zh-CN': '锁状态位含义', en: 'Meaning of the lock bit' },
        values: ['1-locked', '1-unlocked', 'none'],
        fallback: '1-locked',
      },
      { key: 'boards', label: { 'zh-CN': '锁控板数量', en: 'Boards' }, values: ['1', '2', '3'], fallback: '1' },
    ],
  ),
  driver('bcc-8a', 'pickup-locker', '8A 锁控板', '8A lock board', ['serial', 'tcp'], [9600]),
  driver('serial-keypad', 'evaluation-keypad', '串口评价器', 'Serial keypad', ['serial', 'tcp'], [9600], [PROFILE]),
  driver('hid-keypad', 'evaluation-keypad', 'USB HID 评价器', 'USB HID keypad', ['hid'], [], [PROFILE]),
  driver('serial-scanner', 'code-scanner', '串口扫码器', 'Serial scanner', ['serial', 'tcp'], [9600, 115200]),
];

const OUTBOX: readonly OutboxEntryDto[] = [
  ...(['case', 'case', 'pickup', 'rating'] as const).map((kind, index): OutboxEntryDto => ({
    entryId: id(30 + index),
    kind,
    subject: kind === 'pickup' ? '11' : `CH03 260318 004${index} 7`,
    state: index === 0 ? 'sending' : 'waiting',
    createdAt: at(-20 + index),
    attempts: 4 - index,
    nextTryAt: at(1 + index / 4),
    reason: index === 1 ? 'http-503' : 'unreachable',
  })),
  {
    entryId: id(40),
    kind: 'case',
    subject: 'CH03 260317 0031 4',
    state: 'parked',
    createdAt: at(-1_400),
    attempts: 1,
    nextTryAt: null,
    reason: 'urn:hall24:problem:item-version-unknown',
  },
];

const LOGS: readonly LogLineDto[] = [
  { at: at(0), level: 'info', event: 'audit unlock', detail: 'technician' },
  {
    at: at(-1),
    level: 'warn',
    event: 'outbox-retry',
    detail: 'entryId=01890000 kind=case attempts=4 reason=unreachable',
  },
  { at: at(-4), level: 'error', event: 'device-status', detail: 'receipt-printer userError paper end' },
  { at: at(-9), level: 'info', event: 'configuration-saved', detail: 'version=7 deviceClass=receipt-printer' },
];

/**
 * Pick-ups, rating and maintenance of the fake kiosk. Wishes: `code=L403-code-unknown`, `scan=HP1:12345678`,
 * `door=opened|closes|refused|unknown|lost|never|L401-locker-away`, `rate=already|keypad|fails`, `fault=1`, `test=never|failed`,
 * `tech=calm`.
 */
export function hallHandlers(
  wish: URLSearchParams,
  emit: (name: EventName, payload: unknown) => void,
): Record<string, (input: never) => unknown> {
  const door = wish.get('door') ?? 'opened';
  let tries = 0;
  let calibrated = 0;
  const afterwards = async (): Promise<void> => {
    if (door === 'closes') {
      await later(1_200);
      emit('door-changed', { pickupId: id(21), door: 'closed' });
    }
    if (door === 'lost') {
      await later(600);
      emit('door-changed', { pickupId: id(21), door: 'unknown' });
    }
  };
  return {
    'scanner.listen': ({ on }: { on: boolean }) => {
      const text = wish.get('scan');
      if (on && text !== null) void later(300).then(() => emit('code-scanned', { visitId: id(1), text }));
      return {};
    },
    'pickup.check': async () => {
      await later(200);
      const code = wish.get('code');
      if (code === null) return PICKUP;
      return fail(code, { left: 3, minutes: 7, at: at(code.includes('not-yet') ? 900 : -2_000) });
    },
    'pickup.open': async () => {
      tries += 1;
      if (door === 'never') return new Promise(() => undefined);
      await later(300);
      if (door.startsWith('L4')) return fail(door, { cell: '11' });
      if (door === 'refused') return { outcome: 'refused', door: 'closed', mayTryAgain: tries < 2 };
      if (door === 'unknown') return { outcome: 'unknown', door: 'unknown', mayTryAgain: false };
      void afterwards();
      return { outcome: 'opened', door: 'open', mayTryAgain: false };
    },
    'pickup.door': async () => {
      await later(200);
      return { door: door === 'unknown' ? 'closed' : door === 'refused' ? 'closed' : 'open' };
    },
    'rating.invite': () => {
      if (wish.get('rate') === 'keypad') {
        void later(500).then(() => emit('rating-given', { subjectId: id(21), level: 5 }));
      }
      return { alreadyRated: wish.get('rate') === 'already' };
    },
    'rating.give': async ({ level }: { level: number }) => {
      await later(200);
      return wish.get('rate') === 'fails' ? fail('K104-no-space') : { level };
    },
    'technician.unlock': async ({ pin }: { pin: string }) => {
      await later(300);
      if (pin !== '246810') return fail('T601-pin-wrong', { seconds: 30 });
      return { token: 'synthetic-token-of-the-gallery', lockAt: at(10) };
    },
    'technician.lock': () => ({}),
    'technician.devices': () =>
      wish.get('tech') === 'calm'
        ? {
            devices: HEALTH.map((one) => ({ ...one, status: 'online', detail: '', paper: null, lastAnswerAgoMs: 900 })),
            settings: SETTINGS,
            drivers: DRIVERS,
            version: 7,
          }
        : { devices: HEALTH, settings: SETTINGS, drivers: DRIVERS, version: 7 },
    'technician.ports': async () => {
      await later(200);
      const nothing = { serialNumber: null, fits: [], usedBy: null };
      return {
        ports: [
          {
            ...nothing,
            ...{ kind: 'serial', address: 'serial+usb://0403:6001/A10K7', label: 'FT232 serial adapter' },
            ...{ ids: '0403:6001', serialNumber: 'A10K7', node: '/dev/ttyUSB0', usedBy: 'id-card-reader' },
          },
          {
            ...nothing,
            ...{ kind: 'serial', address: 'serial+usb://1a86:7523?at=1-1.2', label: 'CH340 serial adapter' },
            ...{ ids: '1a86:7523', node: '/dev/ttyUSB1', fits: [{ deviceClass: 'receipt-printer', sure: false }] },
          },
          {
            ...nothing,
            ...{ kind: 'hid', address: 'hid://0c27:3bfa', label: 'keyboard', ids: '0c27:3bfa', node: '/dev/hidraw1' },
          },
        ],
      };
    },
    'technician.device': () => ({ history: HISTORY }),
    'technician.paperReplaced': () => ({ done: true }),
    'technician.calibrationBegin': async () => {
      await later(400);
      if (wish.get('cal') === 'line') {
        return { calibration: null, fault: { field: 'address', reason: 'line-not-found: no such port' } };
      }
      return { calibration: { at: 1, steps: 7, step: { kind: 'close-all', again: false } }, fault: null };
    },
    'technician.calibrationAnswer': async () => {
      await later(300);
      calibrated += 1;
      const door = { board: 0, lock: 1, cell: '01' };
      const again = wish.get('cal') === 'again';
      if (calibrated === 1) return { calibration: { at: 2, steps: 7, step: { kind: 'open', door, again: false } } };
      if (wish.get('cal') === 'cannot') {
        const detail = 'no contact moved when door 1 of board 0 was opened: it has no sensor, or it is not wired';
        return { calibration: { at: 2, steps: 7, step: { kind: 'cannot-tell', reason: 'no-contact', detail } } };
      }
      if (again) return { calibration: { at: 2, steps: 7, step: { kind: 'open', door, again: true } } };
      if (calibrated === 2) return { calibration: { at: 3, steps: 7, step: { kind: 'close', door, again: false } } };
      const options = { 'lock-bit': '1-unlocked', boards: '2' };
      const step = { kind: 'done', options, boards: [0, 1], offset: 0, remarks: [], changed: ['lock-bit'] };
      return { calibration: { at: 7, steps: 7, step } };
    },
    'technician.calibrationSave': () => ({ saved: true, version: 8, fault: null }),
    'technician.calibrationEnd': () => ({}),
    'technician.keypadProfiles': () => ({
      profiles: [
        {
          ...{ id: 'ascii-digits', name: '31 – 35 (ASCII 1 – 5)', line: 'serial' },
          text: JSON.stringify({
            ...{ name: '31 – 35 (ASCII 1 – 5)', line: 'serial' },
            read: [{ kind: 'bytes', keys: { '31': 1, '32': 2, '33': 3, '34': 4, '35': 5 } }],
          }),
        },
      ],
    }),
    'technician.keypadListen': async () => {
      if (wish.get('key') === 'never') return new Promise(() => undefined);
      await later(300);
      return { heard: { bytes: '33', level: 3, key: '33' }, fault: null };
    },
    'technician.save': async () => {
      await later(200);
      if (wish.get('fault') === null) return { saved: true, version: 8, fault: null };
      return {
        saved: false,
        version: 7,
        fault: { field: 'address', reason: 'bad-address: missing-baud: a serial address needs ?baud=' },
      };
    },
    'technician.test': async ({ deviceClass, cell }: { deviceClass: string; cell?: string }) => {
      if (wish.get('test') === 'never') return new Promise(() => undefined);
      await later(300);
      if (wish.get('test') === 'failed') {
        return { passed: false, result: 'failed', detail: 'paper end', code: 'P302-paper-out' };
      }
      const results: Readonly<Record<string, string>> = {
        'id-card-reader': 'card-read',
        'receipt-printer': 'page-printed',
        'pickup-locker': 'door-opened',
        'evaluation-keypad': 'key-pressed',
        'code-scanner': 'code-scanned',
        'social-security-card-reader': 'card-read',
        'page-printer': 'sheet-printed',
        'document-camera': 'picture-taken',
        'presence-sensor': 'presence-seen',
      };
      return { passed: true, result: results[deviceClass] ?? '', detail: cell ?? '5', code: null };
    },
    'technician.cancelTest': () => ({}),
    'technician.outbox': () =>
      wish.get('tech') === 'calm' ? { entries: [], waiting: 0, parked: 0 } : { entries: OUTBOX, waiting: 4, parked: 1 },
    'technician.sendNow': () => ({}),
    'technician.store': () => ({
      keys: {
        state: wish.get('key') ?? 'held',
        keyId: '7f3a9c0e51b2d4486f10',
        madeAt: '2025-01-08T02:11:00Z',
        old: true,
      },
      settingsKey: {
        state: wish.get('settings') ?? 'held',
        keyId: 'b1d2448607f3a9c0e510',
        madeAt: '2026-02-11T02:11:00Z',
        old: false,
        closed: wish.get('settings') === 'lost' ? ['platform.token', 'technician.secondPinHash'] : [],
      },
      evidence: { seq: 1248, hash: 'c0ffee00'.repeat(8), at: at(-3) },
      handedOver: null,
      takeOver: { possible: wish.get('take-over') !== null, waiting: null, taken: null },
    }),
    'technician.checkEvidence': () => ({ verdict: { sound: true, records: 1248, fault: null } }),
    'technician.copyPlaces': () => ({ folders: ['/media/kiosk/STICK', '/srv/hand-over'] }),
    'technician.copies': () => ({
      copies: [{ file: '/media/kiosk/STICK/hall24-CH03-20260318T101500000Z.sqlite', bytes: 1_482_752, at: at(-40) }],
    }),
    'technician.takeOver': () => ({ putBy: true, why: null }),
    'technician.discard': ({ secondPin }: { secondPin: string }) =>
      secondPin === '975310' ? { discarded: true, why: null } : fail('T601-pin-wrong', { seconds: 30 }),
    'technician.rotateKey': () => ({ done: true, why: null }),
    'technician.resend': () => ({}),
    'technician.logs': () => ({ lines: LOGS }),
    'technician.noteLoss': () => ({ done: true, why: null }),
    'technician.selfCheck': () => ({
      checks: [
        { what: 'swap', state: 'bad', detail: '' },
        ...(wish.get('loss') === null
          ? []
          : [{ what: 'store-loss', state: 'bad', detail: 'rolled-back 2026-03-18T11:02:00.000Z 1249 1201' }]),
      ],
    }),
  };
}

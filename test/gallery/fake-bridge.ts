import type { HallBridge } from '../../electron/contract/bridge.ts';
import type { CallName, EventName } from '../../electron/contract/calls.ts';
import type { CardDto, CaseProgress, KioskSnapshot, PrintDto } from '../../electron/contract/dto.ts';
import type { Problem } from '../../electron/contract/problems.ts';
import type { ItemPack } from '../../electron/domain/item-pack.ts';
import { Readings } from '../../electron/domain/search/index.ts';
import { Catalogue, type CatalogueQuestion } from '../../electron/services/catalogue.ts';
import readings from '../../assets/dictionaries/readings.txt?raw';
import { exampleReceipt } from './example-receipt.ts';
import { extraHandlers } from './extra-handlers.ts';
import { exampleLocker, hallHandlers } from './hall-handlers.ts';

const packs = Object.values(
  import.meta.glob<ItemPack>('../../assets/catalogue/items/*.json', { eager: true, import: 'default' }),
);
const ORDER = [
  'rent-filing',
  'senior-card',
  'longevity-allowance',
  'employment-registration',
  'food-business-licence',
  'business-opening',
];
packs.sort((a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id));

const catalogue = new Catalogue(1, packs, () => new Readings(readings));

/** The moment of the pictures: an evening in March. */
export const NOW = Date.parse('2026-03-18T12:36:00Z');
const iso = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
const id = (n: number): string => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const EXAMPLE_CARD: CardDto = {
  name: '林测夏',
  sex: 'female',
  nation: '汉',
  birthDate: '1990-03-07',
  address: '测试省澄湖区望溪路 18 号 3 幢 602 室',
  number: '990001199003070028',
  issuer: '澄湖区测试局',
  validTo: '2036-03-18',
};

const HOLDERS: Readonly<Record<string, CardDto>> = {
  elder: { ...EXAMPLE_CARD, name: '郑测寿', sex: 'male', birthDate: '1944-05-01', number: '990001194405010033' },
  // One rare character that the fonts hold, and one of private use, as older cards have them.
  rare: {
    ...EXAMPLE_CARD,
    name: '\u{20BB7}测\uE82D',
    sex: 'male',
    birthDate: '1944-05-01',
    number: '990001194405010033',
  },
};

/** Where the panel hangs: `panel=0.369,820`, millimetres. */
function panelOf(wish: URLSearchParams): NonNullable<KioskSnapshot['panel']> {
  const [pitchMm = 0.248, lowerEdgeMm = 780] = (wish.get('panel') ?? '0.248,780').split(',').map(Number);
  return { pitchMm, lowerEdgeMm };
}

function snapshot(wish: URLSearchParams): KioskSnapshot {
  const down = wish.get('network') === 'down';
  const printer = (wish.get('printer') ?? 'ready') as KioskSnapshot['printer'];
  const paper: Problem = { code: 'P302-paper-out', params: {} };
  const refused = wish.get('apply') as Problem['code'] | null;
  const locker: Problem = { code: 'L401-locker-away', params: {} };
  return {
    kioskCode: '990001-03',
    kioskNumber: '03',
    hallName: { 'zh-CN': '澄湖区政务服务中心', en: 'Chenghu District Services' },
    roomName: { 'zh-CN': '24 小时自助厅', en: '24-hour hall' },
    hotline: '12345',
    dutyPhone: '5550 0124',
    nearby: {
      apply: { 'zh-CN': '左边 5 米的 05 号机能办', en: 'Use kiosk 05, 5 m to the left' },
    },
    now: iso(0),
    network: { state: down ? 'down' : 'up', since: iso(4) },
    functions: [
      refused !== null
        ? { id: 'apply', state: 'not-now', reason: { code: refused, params: {} }, since: iso(-31) }
        : printer === 'paper-out'
          ? { id: 'apply', state: 'limited', reason: paper, since: iso(-31) }
          : { id: 'apply', state: 'open', reason: null, since: null },
      refused === 'K103-store-unavailable'
        ? { id: 'collect', state: 'not-now', reason: { code: refused, params: {} }, since: iso(-31) }
        : wish.get('locker') === 'away'
          ? { id: 'collect', state: 'not-now', reason: locker, since: iso(-31) }
          : { id: 'collect', state: 'open', reason: null, since: null },
      down
        ? { id: 'progress', state: 'limited', reason: { code: 'S506-platform-away', params: {} }, since: iso(4) }
        : { id: 'progress', state: 'open', reason: null, since: null },
    ],
    cardReader: 'ready',
    ...(wish.get('cardleft') === null
      ? {}
      : {
          cardLeft: {
            state: wish.get('cardleft') as 'take' | 'left' | 'unsure',
            since: new Date().toISOString(),
            language: wish.get('lang') === 'en' ? ('en' as const) : ('zh-CN' as const),
            spoken: false,
          },
        }),
    printer,
    keypad: 'ready',
    keypadBestKey: 5,
    ...(wish.get('papers') === null ? {} : { camera: 'ready' as const }),
    ...(wish.get('camera') === 'away' ? { camera: 'away' as const } : {}),
    scanner: (wish.get('scanner') ?? 'ready') as KioskSnapshot['scanner'],
    slots: {
      card: 'right',
      receipt: 'left',
      scanner: 'middle',
      locker: wish.get('side') === 'right' ? 'left' : 'right',
    },
    locker: exampleLocker(wish.get('side') === 'right' ? 'right' : 'left'),
    waitingToSend: 0,
    build: { version: '0.1.0', development: true },
    panel: panelOf(wish),
    ...(wish.get('presence') === null
      ? {}
      : {
          presence: {
            state: wish.get('presence') === 'near' ? ('near' as const) : ('away' as const),
            ...{ coverAfterMs: 10_000, restAfterMs: 20_000, greeting: 'silent' as const },
          },
        }),
    speech: {
      engine: wish.get('voice') === 'missing' ? 'missing' : 'ready',
      headset: wish.get('headset') === 'in' ? 'in' : 'out',
    },
  };
}

function progress(state: CaseProgress['state'], itemId: string): CaseProgress {
  const pack = packs.find((one) => one.id === itemId);
  const sent = state !== 'kept' && state !== 'parked';
  return {
    caseId: id(7),
    trackingNumber: 'CH03 0318 0042 7',
    itemId,
    itemName: pack?.name ?? { 'zh-CN': '房屋租赁登记备案', en: 'Rent filing' },
    state,
    keptAt: iso(8),
    receivedAt: sent ? iso(8) : null,
    caseNumber: sent ? '99000120260318000042' : null,
    decidedAt: state === 'approved' ? iso(8) : null,
    outcome: state === 'approved' ? { 'zh-CN': '备案完成，证明已生成', en: 'Filed. The certificate is ready' } : null,
    reason:
      state === 'refused'
        ? { code: 'S503-platform-refused', params: { type: '' } }
        : state === 'parked'
          ? { code: 'S502-item-unknown', params: {} }
          : null,
  };
}

type Handler = (input: never) => unknown;
/** Input of `catalogue.search`. */
type SearchInput = Omit<CatalogueQuestion, 'filter'> & {
  readonly applicant: 'person' | 'enterprise' | null;
  readonly lifeEvent: string | null;
  readonly department: string | null;
};

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const never = new Promise<never>(() => undefined);

/** An in-memory kiosk that does what the query string wishes. */
export function fakeBridge(wish: URLSearchParams): HallBridge {
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const emit = (name: EventName, payload: unknown): void => {
    for (const listener of listeners.get(name) ?? []) listener(payload as never);
  };
  let copies = 0;
  const card = wish.get('card') ?? 'ok';
  const start = wish.get('start');
  const state = (wish.get('submit') ?? 'kept') as CaseProgress['state'];
  const fail = (code: string, params: Problem['params'] = {}): unknown => ({ ok: false, error: { code, params } });
  const handlers: Partial<Record<CallName, Handler>> = {
    'kiosk.snapshot': () => (start === null ? snapshot(wish) : fail(start)),
    'catalogue.list': () => ({ version: 1, items: packs }),
    'catalogue.search': ({ applicant, lifeEvent, department, ...rest }: SearchInput) => {
      const filter = {
        ...(applicant === null ? {} : { applicant }),
        ...(lifeEvent === null ? {} : { lifeEvent }),
        ...(department === null ? {} : { department }),
      };
      return catalogue.search({ ...rest, filter });
    },
    'catalogue.outline': () => catalogue.outline(),
    'catalogue.item': ({ itemId }: { itemId: string }) => ({ item: packs.find((pack) => pack.id === itemId) }),
    'visit.begin': () => ({ visitId: id(1) }),
    'visit.end': () => ({}),
    'card.cancel': () => ({}),
    'card.read': async () => {
      if (card === 'never') return never;
      await later(300);
      if (card === 'found') {
        emit('card-found', { visitId: id(1) });
        return never;
      }
      if (card !== 'ok') return fail(card);
      emit('card-found', { visitId: id(1) });
      await later(200);
      return { card: HOLDERS[wish.get('holder') ?? ''] ?? EXAMPLE_CARD };
    },
    'case.submit': async ({ itemId }: { itemId: string }) => {
      if (wish.get('submit') === 'never') return never;
      await later(300);
      if (wish.get('submit')?.includes('-') === true) return fail(wish.get('submit') ?? '');
      return progress(state, itemId);
    },
    'case.find': async ({ number }: { number: string }) => {
      await later(300);
      return number.startsWith('CH') ? progress(state, 'rent-filing') : fail('S504-not-found');
    },
    'receipt.print': async ({ language }: { language: 'zh-CN' | 'en' }): Promise<PrintDto> => {
      await later(300);
      copies += 1;
      const out = wish.get('printer') === 'paper-out';
      const unsure = wish.get('printer') === 'unsure';
      return {
        outcome: out ? 'not-printed' : unsure ? 'unknown' : 'printed',
        cause: out
          ? { code: 'P302-paper-out', params: {} }
          : unsure
            ? { code: 'P306-print-unknown', params: {} }
            : null,
        copy: copies,
        preview: exampleReceipt(progress(state, 'rent-filing'), language, copies),
      };
    },
    'speech.say': () => ({ wav: null }),
    ...extraHandlers(wish),
    'scanner.listen': () => ({}),
    ...hallHandlers(wish, emit),
    'rating.skip': () => ({}),
    'help.ask': () => ({ requestId: id(9), state: 'kept' }),
    'help.standing': () => ({ requestId: id(9), state: wish.get('help') ?? 'kept' }),
  };
  return {
    call: async (name, input) => {
      const handler = handlers[name];
      const value: unknown = handler === undefined ? fail('K105-internal') : await handler(input as never);
      const failed = typeof value === 'object' && value !== null && 'ok' in value;
      return (failed ? value : { ok: true, value }) as never;
    },
    on: (name, listener) => {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all);
      all.add(listener);
      return () => all.delete(listener);
    },
    failed: () => undefined,
  };
}

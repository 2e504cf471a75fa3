import { prefillFromCard, questionsToAsk } from '../../electron/domain/form.ts';
import type { FormField } from '../../electron/domain/item-pack.ts';
import { itemPack, WORDS } from '../e2e/citizen.ts';
import { expect, until, type JourneyContext } from '../e2e/journey.ts';
import { fillCell, lockOf } from '../e2e/pickup.ts';
import { typeText } from '../e2e/typing.ts';
import type { Person } from './people.ts';

/** Kinds of visit, each with another end. */
export const VISIT_KINDS = ['case-online', 'case-offline', 'aborted', 'page-crash', 'pickup'] as const;
export type VisitKind = (typeof VISIT_KINDS)[number];

/** What a scripted visit works with. */
export interface VisitContext extends JourneyContext {
  readonly person: Person;
  /** Called while the person's data is on the screen. */
  atHeight(): Promise<void>;
  /** Told what else may not be left behind. */
  secret(what: string, text: string): void;
}

const ITEM = 'rent-filing';

/** One visit from the attract screen back to it. */
export async function visit(kind: VisitKind, context: VisitContext): Promise<void> {
  const { kiosk, stack, step } = context;
  step(kind);
  await kiosk.see('button', WORDS.start);
  if (kind === 'pickup') return pickup(context);
  if (kind === 'case-offline') {
    await stack.platform.faults.vanish();
    await kiosk.seeText('网络中断', 40_000);
  }
  await kiosk.tap('button', WORDS.start);
  await kiosk.tap('button', WORDS.apply['zh-CN']);
  const name = itemPack(ITEM).name['zh-CN'];
  await kiosk.tap('button', new RegExp(`^${name}`));
  await kiosk.tap('button', WORDS.begin['zh-CN']);
  await kiosk.see('heading', /身份证/);
  const laid = stack.bench.reader.layCard(context.person.card);
  expect(laid.ok, 'the card fits the simulator');
  await kiosk.see('button', WORDS.next['zh-CN']);
  stack.bench.reader.removeCard();
  await fill(context, kind === 'aborted' || kind === 'page-crash' ? 'house-address' : null);
  if (kind === 'aborted') {
    await context.atHeight();
    await kiosk.tap('button', WORDS.finish['zh-CN']);
  } else if (kind === 'page-crash') {
    await context.atHeight();
    await kiosk.crashPage();
  } else {
    await kiosk.see('button', WORDS.submit['zh-CN']);
    await context.atHeight();
    await kiosk.tap('button', WORDS.submit['zh-CN']);
    await kiosk.see('heading', kind === 'case-online' ? '已经办好了' : /已妥善存在本机/);
    await kiosk.seeText('回执已打印');
    await kiosk.tap('button', WORDS.finish['zh-CN']);
  }
  await kiosk.see('button', WORDS.start);
  if (kind !== 'case-offline') return;
  const before = (await stack.platform.holdings()).cases.length;
  await stack.platform.faults.restore();
  await until(
    'the kept case is at the platform',
    async () => (await stack.platform.holdings()).cases.length > before,
    60_000,
  );
}

/** Answers what the card did not, up to the question `until` and with it; all of them without one. */
async function fill({ kiosk, person }: VisitContext, last: string | null): Promise<void> {
  const pack = itemPack(ITEM);
  const prefilled = prefillFromCard(pack, person.card);
  const values: Record<string, string> = {
    ...prefilled,
    role: 'tenant',
    phone: person.phone,
    'landlord-name': person.otherName,
    'landlord-number': person.otherNumber,
    'house-address': person.address,
    'monthly-rent': '2600',
    'lease-from': '2026-04-01',
    'lease-to': '2027-03-31',
    'lookup-consent': 'yes',
  };
  for (const field of questionsToAsk(pack, values, prefilled)) {
    await kiosk.see('heading', field.question['zh-CN']);
    await answer(kiosk, field, values[field.id] ?? '');
    if (field.id === last) return;
    await kiosk.tap('button', WORDS.next['zh-CN']);
  }
}

/** By touches, a character at a time: nothing of a person goes through the driver in one piece. */
async function answer(kiosk: JourneyContext['kiosk'], field: FormField, value: string): Promise<void> {
  switch (field.kind) {
    case 'choice':
      return kiosk.tap('button', field.choices?.find((one) => one.value === value)?.label['zh-CN'] ?? value);
    case 'consent':
      return kiosk.tap('button', /同意/);
    case 'date':
      return kiosk.digits(value.replaceAll('-', ''));
    case 'text':
    case 'person-name':
    case 'credit-code':
    case 'address':
      return typeText(kiosk, value);
    default:
      return kiosk.digits(value);
  }
}

/** An enterprise scans its code, takes its things and leaves. */
async function pickup(context: VisitContext): Promise<void> {
  const { kiosk, stack } = context;
  const code = await fillCell(context, '11');
  context.secret('pick-up code', code);
  await kiosk.tap('button', WORDS.start);
  await kiosk.tap('button', WORDS.collect['zh-CN']);
  await kiosk.see('heading', /领取码/);
  stack.bench.actions.scan(`HP1:${code}`);
  await kiosk.see('heading', '11 号柜门开了，请取走');
  stack.bench.actions.closeDoor('locker-cu48', lockOf('11'));
  await kiosk.see('heading', '11 号柜门关好了');
  await kiosk.seeText('领取回执已打印');
  await context.atHeight();
  await kiosk.tap('button', WORDS.finish['zh-CN']);
  await kiosk.see('button', WORDS.start);
}

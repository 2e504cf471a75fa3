import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormValues } from '../../electron/domain/case.ts';
import { prefillFromCard, questionsToAsk } from '../../electron/domain/form.ts';
import { fieldsOf, type FormField, type ItemPack } from '../../electron/domain/item-pack.ts';
import type { Stack } from '../dev/stack.ts';
import { itemPack, sign, WORDS } from '../e2e/citizen.ts';
import { expect, itemsTaken, until, type JourneyContext } from '../e2e/journey.ts';
import { fillCell, lockOf } from '../e2e/pickup.ts';
import { typeText } from '../e2e/typing.ts';
import { DiscreetEar } from './discreet-ear.ts';
import type { Person } from './people.ts';

/** Kinds of visit, each with another end. */
export const VISIT_KINDS = [
  'case-online',
  'case-offline',
  'aborted',
  'page-crash',
  'pickup',
  'enterprise',
  'by-ear',
  'pickup-typed',
] as const;
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
const ENTERPRISE_ITEM = 'food-business-licence';
const SPOKEN_ITEM = 'senior-card';
const SLOT = 'residue-paper';
/** A reader has looked at its empty place often enough by then, in milliseconds. */
const SEEN_GONE_MS = 1_000;
const ASKED_MS = 1_500;

/** The firm's item as it is asked here: with a signature at its end, and a paper to photograph. */
function enterprisePack(): ItemPack {
  const pack = itemPack(ENTERPRISE_ITEM);
  const signature = fieldsOf(itemPack('longevity-allowance')).filter(({ kind }) => kind === 'signature');
  return {
    ...pack,
    version: pack.version + 1,
    form: {
      ...pack.form,
      groups: pack.form.groups.map((group, index) =>
        index < pack.form.groups.length - 1 ? group : { ...group, fields: [...group.fields, ...signature] },
      ),
    },
    attachments: [{ id: SLOT, title: { 'zh-CN': '证明', en: 'Paper' }, max: 2 }],
  };
}

/** What these visits need of the platform before the kiosk starts. */
export async function prepareItems({ platform }: Stack): Promise<void> {
  await platform.publishItems([enterprisePack()]);
}

/** One visit from the attract screen back to it. */
export async function visit(kind: VisitKind, context: VisitContext): Promise<void> {
  const { kiosk, stack, step } = context;
  const early = kind === 'aborted' || kind === 'page-crash';
  step(kind);
  await itemsTaken(stack);
  await kiosk.see('button', WORDS.start);
  if (kind === 'pickup' || kind === 'pickup-typed') return pickup(context, kind === 'pickup-typed');
  if (kind === 'enterprise') return enterprise(context);
  if (kind === 'by-ear') return byEar(context);
  if (kind === 'case-offline') {
    await stack.platform.faults.vanish();
    await kiosk.seeText('网络中断', 40_000);
  }
  await toForm(context, ITEM);
  await fill(context, itemPack(ITEM), leaseOf(context.person), early ? 'house-address' : null);
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

/** From the attract screen to the first question of an item, with the card laid and taken back. */
async function toForm({ kiosk, stack, person }: VisitContext, itemId: string): Promise<void> {
  await kiosk.tap('button', WORDS.start);
  await kiosk.tap('button', WORDS.apply['zh-CN']);
  await kiosk.tap('button', new RegExp(`^${itemPack(itemId).name['zh-CN']}`));
  await kiosk.tap('button', WORDS.begin['zh-CN']);
  await kiosk.see('heading', /身份证/);
  await layCard(stack, person);
  await kiosk.see('button', WORDS.next['zh-CN']);
  await takeCard(stack);
}

/** Lays the card down, as people do: a moment after they were asked. The reader makes sure that its place is empty. */
async function layCard(stack: Stack, person: Person): Promise<void> {
  await pause(ASKED_MS);
  const laid = stack.bench.reader.layCard(person.card);
  expect(laid.ok, 'the card fits the simulator');
}

/** Takes the card back, and gives the reader the moment that it needs to see that. */
async function takeCard({ bench }: Stack): Promise<void> {
  bench.reader.removeCard();
  await pause(SEEN_GONE_MS);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function leaseOf(person: Person): FormValues {
  return {
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
}

/** Answers what the card did not, up to the question `last` and with it; all of them without one. */
async function fill({ kiosk, person }: VisitContext, pack: ItemPack, answers: FormValues, last: string | null) {
  const prefilled = prefillFromCard(pack, person.card);
  const values: Record<string, string> = { ...prefilled, ...answers };
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
    case 'signature':
      return sign(kiosk);
    case 'text':
    case 'person-name':
    case 'credit-code':
    case 'address':
      return typeText(kiosk, value);
    default:
      return kiosk.digits(value);
  }
}

/** A firm's agent types everything, signs on the glass and photographs a paper. */
async function enterprise(context: VisitContext): Promise<void> {
  const { kiosk, stack, person } = context;
  await toForm(context, ENTERPRISE_ITEM);
  await photograph(context);
  const answers: FormValues = {
    phone: person.phone,
    'credit-code': person.firm.creditCode,
    'company-name': person.firm.name,
    'safety-manager': person.otherName,
    'premises-address': person.address,
    'floor-area': '86',
    'business-format': 'catering',
    'food-kind': 'hot',
    'lookup-consent': 'yes',
  };
  await fill(context, enterprisePack(), answers, null);
  await pastPapers(context);
  await kiosk.see('button', WORDS.submit['zh-CN']);
  await context.atHeight();
  await kiosk.tap('button', WORDS.submit['zh-CN']);
  await kiosk.see('heading', /已经办好了|已收到|已妥善存在本机/);
  await kiosk.tap('button', WORDS.finish['zh-CN']);
  await kiosk.see('button', WORDS.start);
  await until('the case is at the platform', async () => (await newest(stack)) !== null, 60_000);
  const signature = (await newest(stack))?.['signature'] ?? '';
  expect(signature.length > 400, 'the case was signed');
  // The picture's beginning is that of every picture.
  context.secret('strokes of the signature', signature.slice(10, 50));
  context.secret('picture of the signature', signature.slice(-220, -180));
  await until(
    'the paper is at the platform',
    async () =>
      (await stack.platform.holdings()).attachments.some(
        ({ plain }) => plain !== null && Buffer.from(plain).includes(person.paper),
      ),
    60_000,
  );
}

/** Goes on from the screen that takes pictures of papers, if there is one: the picture was taken already. */
async function pastPapers({ kiosk }: VisitContext): Promise<void> {
  const { page } = kiosk;
  const papers = page.locator('[data-screen="papers"]');
  const submit = page.getByRole('button', { name: WORDS.submit['zh-CN'] });
  await papers.or(submit).first().waitFor();
  if (await papers.isVisible()) await papers.locator('.acts button:not([disabled])').last().click();
}

/** What the firm's newest case says, once the platform has it. */
async function newest({ platform }: Stack): Promise<FormValues | null> {
  const { cases } = await platform.holdings();
  return cases.findLast(({ itemId }) => itemId === ENTERPRISE_ITEM)?.payload?.values ?? null;
}

/**
 * A picture of a paper. The page makes its bytes out of shifted characters: what the driver sends along passes the main
 * process.
 */
async function photograph({ kiosk, stack, person }: VisitContext): Promise<void> {
  const log = await readFile(join(stack.dataDir, 'logs', 'kiosk.log'), 'utf8');
  const begun = log.split('\n').findLast((line) => line.includes('"visit-begun"')) ?? '{}';
  const { visitId } = JSON.parse(begun) as { visitId: string };
  const shifted = Array.from(person.paper, (letter) => letter.charCodeAt(0) + 1);
  const received = await kiosk.page.evaluate(
    async ({ visit, item, slot, codes }) => {
      const { call } = (window as unknown as { hall24: { call(name: string, input: unknown): Promise<unknown> } })
        .hall24;
      const size = 300_000;
      const whole = Uint8Array.from({ length: size }, (_, at) => (codes[at % codes.length] ?? 1) - 1);
      const of = (answer: unknown): Record<string, unknown> =>
        (answer as { value?: Record<string, unknown> }).value ?? {};
      const file = { visitId: visit, itemId: item, slot, type: 'image/jpeg', size };
      const { attachmentId, chunkBytes } = of(await call('attachment.add', file)) as {
        attachmentId: string;
        chunkBytes: number;
      };
      let last: Record<string, unknown> = {};
      for (let at = 0; at < size; at += chunkBytes) {
        const bytes = whole.slice(at, at + chunkBytes);
        last = of(await call('attachment.chunk', { visitId: visit, attachmentId, bytes }));
      }
      return last['complete'];
    },
    { visit: visitId, item: ENTERPRISE_ITEM, slot: SLOT, codes: shifted },
  );
  expect(received === true, 'the picture was taken');
}

/** Somebody who sees nothing, with a headset: what is private is said. */
async function byEar(context: VisitContext): Promise<void> {
  const { kiosk, stack, person } = context;
  const ear = new DiscreetEar(kiosk);
  await ear.begin();
  await kiosk.page.keyboard.press('ArrowDown');
  await ear.hear(/下面有 \d+ 个可以选/u);
  await ear.press(/^轻触屏幕开始/u, /^今天要办.*什么事/u);
  await ear.press(/^办理事项，/u, /^找要办的事/u);
  const { name } = itemPack(SPOKEN_ITEM);
  await ear.press(new RegExp(`^${name['zh-CN']}`, 'u'), new RegExp(`^${name['zh-CN']}`, 'u'));
  await ear.press(/^开始办理/u, /身份证/u);
  await layCard(stack, person);
  await ear.hear(/手机号|电话/u);
  await takeCard(stack);
  for (const digit of person.phone) await ear.push(digit);
  await ear.press(/^下一题/u, /家里人/u);
  for (const letter of 'wangli') await ear.push(letter);
  await ear.goTo(/^空格/u);
  await ear.push('Enter');
  await ear.press(/^下一题/u, /电话|手机/u);
  for (const digit of person.phone.split('').toReversed()) await ear.push(digit === '0' ? '1' : digit);
  // Back through what was answered: names and numbers are read out to who listens alone.
  for (let stop = 0; stop < 12; stop += 1) await ear.push('ArrowLeft');
  expect(await ear.heardSomething(), 'it was sound');
  await context.atHeight();
  await ear.leave(/^结束并清除/u);
  await kiosk.see('button', WORDS.start);
}

/** An enterprise brings its code, takes its things and leaves. */
async function pickup(context: VisitContext, typed: boolean): Promise<void> {
  const { kiosk, stack } = context;
  const cell = typed ? '12' : '11';
  const code = await fillCell(context, cell);
  context.secret('pick-up code', code);
  await kiosk.tap('button', WORDS.start);
  await kiosk.tap('button', WORDS.collect['zh-CN']);
  await kiosk.see('heading', /领取码/);
  if (typed) {
    await kiosk.digits(code);
    await context.atHeight();
    await kiosk.tap('button', /^核对并打开柜门/);
  } else stack.bench.actions.scan(`HP1:${code}`);
  await kiosk.see('heading', `${cell} 号柜门开了，请取走`);
  stack.bench.actions.closeDoor('locker-cu48', lockOf(cell));
  await kiosk.see('heading', `${cell} 号柜门关好了`);
  await kiosk.seeText('领取回执已打印');
  if (!typed) await context.atHeight();
  await kiosk.tap('button', WORDS.finish['zh-CN']);
  await kiosk.see('button', WORDS.start);
}

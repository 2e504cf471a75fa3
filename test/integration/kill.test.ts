import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallInput, CallName, CallOutput } from '../../electron/contract/calls.ts';
import type { Problem } from '../../electron/contract/problems.ts';
import type { Result } from '../../native/model/result.ts';
import { startStack, type Stack } from '../dev/stack.ts';
import { TEST_KIOSK_CODE } from '../dev/kiosk-config.ts';
import { ASSETS, until } from './app-kit.ts';
import { fixtureValues } from './filled-forms.ts';
import { freshId } from './steps.ts';

const KILLS = 12;
const SEED = Number(process.env['HALL24_KILL_SEED'] ?? 20_261_122);

/** Small repeatable random numbers from 0 to 1 (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The App in a process that can be killed. Calls that a kill cuts off stay unanswered: they give null. */
class Victim {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  readonly #ready: Promise<boolean>;
  #next = 0;
  /** What it wrote of bugs. */
  complaints = '';

  constructor(stack: Stack) {
    const program = join(import.meta.dirname, 'kill-runner.ts');
    this.#child = spawn(process.execPath, [program, stack.dataDir, stack.configPath, ASSETS], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { stdin, stdout, stderr } = this.#child;
    if (!stdin || !stdout || !stderr) throw new Error('no pipes');
    // A pipe to a process that was killed breaks; that is the point.
    stdin.on('error', () => undefined);
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.complaints += text;
    });
    this.#ready = new Promise((resolve) => {
      createInterface({ input: stdout }).on('line', (line) => {
        const message = JSON.parse(line) as { ready?: true; id?: number; answer?: unknown };
        if (message.ready) resolve(true);
        else if (message.id !== undefined) this.#waiting.get(message.id)?.(message.answer);
      });
      this.#child.once('close', () => {
        resolve(false);
        for (const settle of this.#waiting.values()) settle(null);
      });
    });
  }

  async ready(): Promise<void> {
    if (!(await this.#ready)) throw new Error(`the App did not start: ${this.complaints}`);
    await until('devices of the child', async () => {
      const all = (await this.#ask('test.devices', {})) as string[] | null;
      return all?.every((status) => status === 'online' || status === 'noDevice') ?? false;
    });
  }

  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<Result<CallOutput<N>, Problem> | null> {
    return (await this.#ask(name, input)) as Result<CallOutput<N>, Problem> | null;
  }

  /** kill -9 of the process with store and sync alone. */
  async killQueue(): Promise<void> {
    await this.#ask('test.kill-queue', {});
  }

  async #ask(name: string, input: unknown): Promise<unknown> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return null;
    this.#next += 1;
    const id = this.#next;
    const answer = new Promise<unknown>((resolve) => this.#waiting.set(id, resolve));
    this.#child.stdin?.write(`${JSON.stringify({ id, name, input })}\n`);
    return answer;
  }

  async kill(): Promise<void> {
    const gone = once(this.#child, 'close');
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    else return;
    await gone;
  }
}

interface Witness {
  /** Tracking numbers that somebody was shown, with the values of the form. */
  readonly shown: Map<string, { readonly caseId: string; readonly values: Readonly<Record<string, string>> }>;
  /** Ratings that somebody was told are taken. */
  readonly rated: Map<string, number>;
  /** Doors that somebody was told are open. */
  readonly opened: Set<string>;
}

describe('kill -9 in the middle of anything', () => {
  let dir: string;
  let stack: Stack;
  let victim: Victim;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'h24-kill-'));
    stack = await startStack({ dir, assetsDir: ASSETS });
    stack.bench.actions.layCard('lin');
  });
  afterAll(async () => {
    await victim.kill();
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  });

  /** One person: a case with receipt and rating, then a pick-up. Ends early when the kiosk is killed. */
  async function visit(cell: string, witness: Witness): Promise<void> {
    const begun = await victim.call('visit.begin', { language: 'zh-CN' });
    if (!begun?.ok) return;
    const { visitId } = begun.value;
    const read = await victim.call('card.read', { visitId });
    if (!read?.ok) return;
    const found = await victim.call('catalogue.item', { itemId: 'rent-filing' });
    if (!found?.ok) return;
    const values = fixtureValues(found.value.item, read.value.card);
    const submitted = await victim.call('case.submit', {
      visitId,
      submissionId: freshId(),
      itemId: 'rent-filing',
      itemVersion: (found.value.item as { version: number }).version,
      language: 'zh-CN',
      values,
    });
    if (!submitted?.ok) return;
    const { caseId, trackingNumber } = submitted.value;
    witness.shown.set(trackingNumber, { caseId, values });
    const subject = { visitId, subject: 'case', subjectId: caseId } as const;
    const [rating] = await Promise.all([
      victim.call('rating.give', { ...subject, level: 5 }),
      victim.call('receipt.print', { ...subject, language: 'zh-CN' }),
    ]);
    if (rating?.ok) witness.rated.set(caseId, rating.value.level);
    const code = codes.get(cell);
    if (code === undefined) return;
    const checked = await victim.call('pickup.check', { visitId, code });
    if (!checked?.ok) return;
    const opening = await victim.call('pickup.open', { visitId, pickupId: checked.value.pickupId });
    if (opening?.ok && opening.value.outcome === 'opened') witness.opened.add(cell);
  }

  const codes = new Map<string, string>();

  it(`loses nothing that was shown to anybody and doubles nothing (${KILLS} kills, seed ${SEED})`, async () => {
    const random = randomOf(SEED);
    const witness: Witness = { shown: new Map(), rated: new Map(), opened: new Set() };
    const cells = Array.from({ length: KILLS }, (_, index) => String(index + 1).padStart(2, '0'));
    for (const cell of cells) {
      const announced = await stack.platform.announcePickup({
        kioskCode: TEST_KIOSK_CODE,
        cell,
        holder: '澄湖****公司',
        contents: [{ name: { 'zh-CN': '公章', en: 'Company seal' }, count: 1 }],
        validFrom: Date.now() - 60_000,
        validTo: Date.now() + 3_600_000,
      });
      if (!announced.ok) throw new Error(announced.error);
      codes.set(cell, announced.value.code);
    }
    for (const cell of cells) {
      victim = new Victim(stack);
      await victim.ready();
      // Every third person comes while the platform is away.
      if (random() < 0.34) await stack.platform.faults.vanish();
      else await stack.platform.faults.restore();
      const person = visit(cell, witness);
      const fate = new Promise((resolve) => setTimeout(resolve, 300 + random() * 2_200));
      // Every other time the process with store and sync dies first, and nobody may notice more than a wait.
      if (random() < 0.5) {
        await new Promise((resolve) => setTimeout(resolve, random() * 1_200));
        await victim.killQueue();
      }
      await Promise.race([fate, person]);
      await victim.kill();
      await person;
      expect(victim.complaints).toBe('');
    }

    await stack.platform.faults.restore();
    victim = new Victim(stack);
    await victim.ready();
    await until(
      'outbox drained',
      async () => {
        const snapshot = await victim.call('kiosk.snapshot', {});
        return (snapshot?.ok ?? false) && (snapshot?.ok ? snapshot.value.waitingToSend : 1) === 0;
      },
      30_000,
    );
    const held = await stack.platform.holdings();
    // The runs did get somewhere, else this shows nothing.
    expect(witness.shown.size).toBeGreaterThan(2);
    for (const [trackingNumber, { caseId, values }] of witness.shown) {
      const cases = held.cases.filter((one) => one.trackingNumber === trackingNumber);
      expect(cases, trackingNumber).toHaveLength(1);
      expect(cases[0]).toMatchObject({ caseId, payload: { values } });
    }
    expect(new Set(held.cases.map((one) => one.trackingNumber)).size).toBe(held.cases.length);
    for (const [subjectId, level] of witness.rated) {
      expect(held.ratings.filter((one) => one.subjectId === subjectId)).toMatchObject([{ level }]);
    }
    expect(new Set(held.ratings.map((one) => one.subjectId)).size).toBe(held.ratings.length);
    for (const cell of cells) {
      const lock = stack.config.locker?.cells[cell];
      const door = lock ? stack.bench.doors('locker-cu48').get(lock) : null;
      // One act, one pulse: also for an act that was cut off.
      expect(door?.pulses ?? 9, `door ${cell}`).toBeLessThanOrEqual(1);
      const told = held.pickups.find((one) => one.cell === cell)?.events.map((event) => event.event) ?? [];
      if (witness.opened.has(cell)) expect(told).toEqual(['opened']);
      // The sensor decides about an act that was cut off: an open door was opened.
      if (door?.open)
        expect(
          told.filter((event) => event === 'opened'),
          `door ${cell}`,
        ).toHaveLength(1);
      else expect(told).not.toContain('opened');
    }
  }, 110_000);
});

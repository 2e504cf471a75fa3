import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { GOOD_LINE, MemoryLine } from '../../test/support/memory-transport.ts';
import { driverRegistry } from '../manager/registry.ts';
import { SCANNER_SUBJECTS } from './scanner-subjects.ts';
import type { ScannerSubject } from './scanner-subjects.ts';

function bench({ definition, options, simulate }: ScannerSubject, changes: Readonly<Record<string, string>> = {}) {
  const clock = new FakeClock();
  const simulator = simulate();
  const line = new MemoryLine(simulator, clock, { kind: definition.schemes.includes('hid') ? 'reports' : 'stream' });
  const transport = line.open();
  const scanner = definition.create({ transport, clock, options: { ...options, ...changes } });
  const codes: string[] = [];
  scanner.events.subscribe(({ text }) => codes.push(text));
  return { clock, line, transport, scanner, simulator, codes };
}

/** Longer than any silence, fragment or command. */
const LONG_MS = 20_000;
const LONG_CODE = `BEGIN-${'0123456789'.repeat(60)}-END`;
const CODES = ['A', 'HALL24-7K2M', 'https://example.invalid/?q=1&x=[y]~!@#$%^*()', '测试企业有限公司', LONG_CODE];

describe('the table of scanner drivers', () => {
  it('holds every driver that the registry knows', () => {
    const tried = new Set(SCANNER_SUBJECTS.map(({ definition }) => definition.id));
    expect([...tried].toSorted()).toEqual(driverRegistry['code-scanner'].map(({ id }) => id).toSorted());
  });
});

describe.each(SCANNER_SUBJECTS)('$name', (subject) => {
  const { definition, options, commands, noticesLoss } = subject;

  it('describes itself completely', () => {
    expect(definition.deviceClass).toBe('code-scanner');
    expect(bench(subject).scanner).toMatchObject({ driverId: definition.id, deviceClass: 'code-scanner' });
    for (const option of definition.options) expect(option.values).toContain(option.fallback);
    for (const [key, value] of Object.entries(options)) {
      expect(definition.options.find((option) => option.key === key)?.values).toContain(value);
    }
  });

  it.each([
    ['at once', {}],
    ['byte by byte', { drip: true }],
    ['40 ms late', { lateMs: 40 }],
  ] as const)('tells every code once when its bytes come %s', async (_name, behaviour) => {
    const { clock, line, simulator, codes } = bench(subject);
    line.behaviour = { ...GOOD_LINE, ...behaviour };
    for (const code of CODES) {
      simulator.scan(code);
      // A wedge types slowly, and a late line delays each of its keys.
      await clock.advance(behaviour === undefined || !('lateMs' in behaviour) ? 5_000 : 100_000);
    }
    expect(codes).toEqual(CODES);
    expect(clock.pending).toBe(0);
  });

  it('parts two codes that come back to back, where something parts them', async () => {
    const { clock, simulator, codes } = bench(subject);
    simulator.scan('FIRST');
    simulator.scan('SECOND');
    await clock.advance(LONG_MS);
    const parted = simulator.behaviour.tail !== '' || definition.id === 'hid-pos-scanner';
    expect(codes).toEqual(parted ? ['FIRST', 'SECOND'] : ['FIRSTSECOND']);
  });

  it('drops a code beyond 4,096 characters whole and reads the next one', async () => {
    const { clock, simulator, codes } = bench(subject);
    simulator.scan('x'.repeat(9_000));
    await clock.advance(100_000);
    simulator.scan('NEXT');
    await clock.advance(LONG_MS);
    expect(codes).toEqual(['NEXT']);
  });

  // GBK has none of the invisible characters, nor have its numbers.
  const unicode =
    options['charset'] !== 'gbk' && (definition.id !== 'hid-wedge-scanner' || options['alt'] === 'unicode');
  it.runIf(unicode)('keeps control, invisible and direction characters out', async () => {
    const { clock, simulator, codes } = bench(subject);
    simulator.behaviour.charset = 'utf-8';
    simulator.scan('\u0000A\u001d\u200bB\u202e\u2066C\ufeff\u0007');
    await clock.advance(LONG_MS);
    expect(codes).toEqual(['ABC']);
  });

  it('keeps no code for a listener that comes later', async () => {
    const { clock, scanner, simulator } = bench(subject);
    simulator.scan('NOBODY-WAITS');
    await clock.advance(LONG_MS);
    const late: string[] = [];
    scanner.events.subscribe(({ text }) => late.push(text));
    await clock.advance(LONG_MS);
    simulator.scan('NOW');
    await clock.advance(LONG_MS);
    expect(late).toEqual(['NOW']);
  });

  it('never runs the rest of a broken code into the next one', async () => {
    const { clock, simulator, codes } = bench(subject);
    simulator.behaviour.losesTail = true;
    simulator.behaviour.losesReport = definition.id === 'hid-pos-scanner';
    const broken = 'B'.repeat(80);
    simulator.scan(broken);
    await clock.advance(LONG_MS);
    simulator.behaviour.losesTail = false;
    simulator.behaviour.losesReport = false;
    simulator.scan('WHOLE');
    await clock.advance(LONG_MS);
    expect(codes.at(-1)).toBe('WHOLE');
    if (noticesLoss) expect(codes).toEqual(['WHOLE']);
  });

  it('is online as long as its line is open, and leaves nothing behind when disposed', async () => {
    const { clock, line, scanner, simulator, codes } = bench(subject);
    expect(await clock.run(scanner.probe())).toMatchObject({ status: 'online', detail: '' });
    simulator.scan('HALF');
    await clock.settle();
    codes.length = 0;
    const asking = scanner.trigger(true);
    scanner.dispose();
    await clock.run(asking);
    simulator.scan('AFTER');
    await clock.advance(LONG_MS);
    expect(codes).toEqual([]);
    expect(clock.pending).toBe(0);
    const other = bench(subject);
    other.line.unplug();
    expect(await other.clock.run(other.scanner.probe())).toMatchObject({ status: 'offline', detail: 'unplugged' });
    expect(line.opened).toBe(1);
  });

  it('tells clean text only and reads the next code, whatever came before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 6 }), async (noise) => {
        const { clock, transport, simulator, codes } = bench(subject);
        for (const bytes of noise) transport.deliver(bytes);
        await clock.advance(LONG_MS);
        for (const code of codes) expect(code).toMatch(/^[^\p{Cc}\p{Cf}]+$/u);
        // Release of whatever key the noise held down.
        transport.deliver(new Uint8Array(8));
        await clock.advance(LONG_MS);
        simulator.scan('NEXT-1');
        await clock.advance(LONG_MS);
        expect(codes.at(-1)).toBe('NEXT-1');
      }),
      { numRuns: 25 },
    );
  });

  const NOT_SUPPORTED = { ok: false, error: { code: 'not-supported' } };

  it('does what commands it has, and says which it has not', async () => {
    const { clock, scanner, simulator, codes, transport } = bench(subject);
    const trigger = await clock.run(scanner.trigger(true));
    expect(trigger).toEqual({ ok: true, value: undefined });
    expect(simulator.lit).toBe(commands !== 'none');
    expect(await clock.run(scanner.trigger(false))).toEqual({ ok: true, value: undefined });
    expect(simulator.lit).toBe(false);
    const beep = await clock.run(scanner.beep?.() ?? Promise.resolve(null));
    if (commands === 'newland') expect([beep, simulator.beeps]).toEqual([{ ok: true, value: undefined }, 1]);
    else expect([beep, simulator.beeps]).toMatchObject([NOT_SUPPORTED, 0]);
    const configured = await clock.run(
      scanner.configure?.({ mode: 'trigger', beep: false, lamp: false, keep: true }) ?? Promise.resolve(null),
    );
    const info = await clock.run(scanner.info?.() ?? Promise.resolve(null));
    if (commands === 'none') {
      expect([configured, info]).toMatchObject([NOT_SUPPORTED, NOT_SUPPORTED]);
      expect(transport.written).toEqual([]);
      return;
    }
    expect(configured).toEqual({ ok: true, value: undefined });
    expect(simulator.behaviour.needsTrigger).toBe(true);
    const told = { mode: 'trigger', beep: false, lamp: false };
    if (commands === 'newland') {
      expect(info).toEqual({
        ok: true,
        value: { model: 'NLS-TEST', firmware: 'V1.00.001', serialNumber: 'TEST0001', baud: null, ...told },
      });
    } else {
      const unknown = { model: null, firmware: null, serialNumber: null };
      expect(info).toEqual({ ok: true, value: { ...unknown, baud: 9_600, ...told } });
    }
    expect(await clock.run(scanner.configure?.({ factoryReset: true }) ?? Promise.resolve(null))).toMatchObject({
      ok: true,
    });
    expect(simulator.behaviour.needsTrigger).toBe(false);
    await clock.advance(LONG_MS);
    expect(codes).toEqual([]);
  });

  it.runIf(commands !== 'none').each([
    ['refused', commands === '7e00' ? 'not-supported' : 'bad-request'],
    ['damaged', 'bad-reply'],
    ['silent', 'timeout'],
  ] as const)('tells when its commands are %s, and makes no code of the answers', async (behaviour, code) => {
    const { clock, scanner, simulator, codes } = bench(subject);
    simulator.behaviour.commands = behaviour;
    expect(await clock.run(scanner.trigger(true))).toMatchObject({ ok: false, error: { code } });
    expect(await clock.run(scanner.configure?.({ beep: true }) ?? Promise.resolve(null))).toMatchObject({ ok: false });
    expect(await clock.run(scanner.info?.() ?? Promise.resolve(null))).toMatchObject(
      // Newland's settings that are refused are told as unknown.
      behaviour === 'refused' && commands === 'newland' ? { ok: true } : { ok: false },
    );
    await clock.advance(LONG_MS);
    expect(codes).toEqual([]);
    simulator.behaviour.commands = 'taken';
    expect(await clock.run(scanner.trigger(true))).toMatchObject({ ok: true });
    simulator.scan('STILL-READS');
    await clock.advance(LONG_MS);
    expect(codes).toEqual(['STILL-READS']);
  });

  it.runIf(commands !== 'none')('takes no late answer for that to the next command', async () => {
    const { clock, line, scanner, simulator } = bench(subject);
    line.behaviour = { ...GOOD_LINE, lateMs: 700 };
    expect(await clock.run(scanner.trigger(true))).toMatchObject({ ok: false, error: { code: 'timeout' } });
    line.behaviour = GOOD_LINE;
    simulator.behaviour.commands = 'refused';
    expect(await clock.run(scanner.trigger(false))).toMatchObject({ ok: false });
  });

  it.runIf(commands !== 'none')('asks for its health where it is told to', async () => {
    const { clock, scanner, simulator } = bench(subject, { health: 'ask' });
    expect(await clock.run(scanner.probe())).toMatchObject({ status: 'online' });
    simulator.behaviour.commands = 'silent';
    expect(await clock.run(scanner.probe())).toMatchObject({ status: 'offline', detail: 'the scanner did not answer' });
  });

  it.runIf(commands !== 'none')('ends a command when it is cancelled or its line goes', async () => {
    const cancelled = bench(subject);
    cancelled.simulator.behaviour.commands = 'silent';
    const cancel = new AbortController();
    const asking = cancelled.scanner.trigger(true, cancel.signal);
    await cancelled.clock.advance(100);
    cancel.abort();
    expect(await cancelled.clock.run(asking)).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    const lost = bench(subject);
    lost.simulator.behaviour.commands = 'silent';
    const hanging = [lost.scanner.trigger(true), lost.scanner.trigger(false)];
    await lost.clock.advance(100);
    lost.line.unplug();
    expect(await lost.clock.run(Promise.all(hanging))).toMatchObject([
      { ok: false, error: { code: 'line-lost' } },
      { ok: false, error: { code: 'not-connected' } },
    ]);
    expect(lost.clock.pending).toBe(0);
  });
});

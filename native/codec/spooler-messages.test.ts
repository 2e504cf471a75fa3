import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JOB_COMMANDS, SPOOLER_DATATYPES, SPOOLER_ERRORS } from '../model/spooler.ts';
import {
  SPOOLER_PIECE,
  decodeSpoolerAnswer,
  decodeSpoolerRequest,
  encodeSpoolerAnswer,
  encodeSpoolerRequest,
} from './spooler-messages.ts';
import type { SpoolerAnswer, SpoolerRequest } from './spooler-messages.ts';

const count = fc.nat(0xffff_ffff);
const text = fc.string({ unit: 'binary', maxLength: 40 });

const request: fc.Arbitrary<SpoolerRequest> = fc.oneof(
  fc.constantFrom<SpoolerRequest>({ ask: 'printer' }, { ask: 'end' }, { ask: 'abort' }),
  fc.record({ ask: fc.constant('start' as const), document: text, datatype: fc.constantFrom(...SPOOLER_DATATYPES) }),
  fc.record({ ask: fc.constant('write' as const), bytes: fc.uint8Array({ maxLength: SPOOLER_PIECE }) }),
  fc.record({ ask: fc.constant('job' as const), id: count }),
  fc.record({ ask: fc.constant('jobs' as const), document: text }),
  fc.record({ ask: fc.constant('control' as const), id: count, command: fc.constantFrom(...JOB_COMMANDS) }),
);

const job = fc.record({ id: count, document: text, status: count, pagesPrinted: count });
const printer = fc.record({ status: count, attributes: count, driver: text, port: text, jobs: count });
const answer: fc.Arbitrary<SpoolerAnswer> = fc.oneof(
  fc.record({
    ok: fc.constant(false as const),
    error: fc.record({ code: fc.constantFrom(...SPOOLER_ERRORS), detail: text }),
  }),
  fc
    .oneof(
      fc.constant(null),
      fc.record({ printer }),
      fc.record({ started: count }),
      fc.record({ job: fc.option(job) }),
      fc.record({ jobs: fc.array(count, { maxLength: 256 }) }),
    )
    .map((value): SpoolerAnswer => ({ ok: true, value })),
);

describe('messages to a spooler', () => {
  it('come out as they went in, and fit any line', () => {
    fc.assert(
      fc.property(count, request, (number, message) => {
        const bytes = encodeSpoolerRequest(number, message);
        expect(decodeSpoolerRequest(bytes)).toEqual({ ok: true, value: { number, message } });
        expect(bytes.length).toBeLessThanOrEqual(4_096);
      }),
    );
    fc.assert(
      fc.property(count, answer, (number, message) => {
        expect(decodeSpoolerAnswer(encodeSpoolerAnswer(number, message))).toEqual({
          ok: true,
          value: { number, message },
        });
      }),
    );
  });

  it('are refused when they are anything else', () => {
    const lines = [
      '{}',
      '{"number":1}',
      '{"number":-1,"ask":"end"}',
      '{"number":1,"ask":"start","document":"a","datatype":"EMF"}',
      '{"number":1,"ask":"control","id":1,"command":"restart"}',
      '{"number":1,"value":{"job":{"id":1}}}',
      '{"number":1,"value":{"jobs":["1"]}}',
      '{"number":1,"value":{"started":1.5}}',
      '{"number":1,"error":{"code":"else","detail":""}}',
      '{"number":1,"value":{"printer":{"status":0}}}',
      'null',
      '[1]',
    ];
    for (const line of lines) {
      const bytes = new TextEncoder().encode(`${line}\n`);
      expect([decodeSpoolerRequest(bytes).ok, decodeSpoolerAnswer(bytes).ok], line).toEqual([false, false]);
    }
    expect(decodeSpoolerRequest(new TextEncoder().encode('{"number":1,"ask":"end"}\nmore')).ok).toBe(false);
    expect(decodeSpoolerAnswer(new TextEncoder().encode('{"number":1,"value":null}')).ok).toBe(false);
  });

  it('never throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((line) => new TextEncoder().encode(`${line}\n`)),
        ),
        (bytes) => {
          decodeSpoolerRequest(bytes);
          decodeSpoolerAnswer(bytes);
        },
      ),
    );
  });
});

import { z } from 'zod';
import { PERSONAL_CALLS } from '../../contract/bridge.ts';
import type { CaseProgress } from '../../contract/dto.ts';
import type { Problem } from '../../contract/problems.ts';
import type { Language } from '../../domain/text.ts';
import type { SealedForm, SealOrder } from '../../services/form-desk.ts';
import type { SubmitRequest } from '../../services/cases.ts';
import type { DeviceHealth, DeviceSettings } from '../../../native/manager/driver-types.ts';
import type { DeviceError } from '../../../native/model/device.ts';
import type { Result } from '../../../native/model/result.ts';

/** Classes whose devices read people's cards: they are worked by the visit process. */
export const READER_CLASSES = ['id-card-reader', 'social-security-card-reader'] as const;
export type ReaderClass = (typeof READER_CLASSES)[number];

export function isReaderClass(deviceClass: string): deviceClass is ReaderClass {
  return (READER_CLASSES as readonly string[]).includes(deviceClass);
}

/** A card was read for a test: only its kind is told. */
export type ReaderTest = Result<{ readonly type: string }, DeviceError>;

/** From the main process to the visit process. A `visit` brings the line to the page with it. */
export type ToDesk =
  | { readonly t: 'readers'; readonly settings: readonly DeviceSettings[]; readonly healthIntervalMs?: number }
  /** `cardLeft`: the card of somebody who has gone may still lie on a reader. */
  | { readonly t: 'visit'; readonly visitId: string; readonly language: Language; readonly cardLeft?: boolean }
  | { readonly t: 'seal'; readonly id: number; readonly order: SealOrder }
  | { readonly t: 'test'; readonly id: number; readonly reader: ReaderClass; readonly deadlineMs: number }
  | { readonly t: 'cancel-test'; readonly id: number }
  | { readonly t: 'card-rules-are'; readonly id: number; readonly socialSecurity: boolean }
  | { readonly t: 'submitted'; readonly id: number; readonly result: Result<CaseProgress, Problem> };

const Known = <T>(): z.ZodType<T> => z.custom<T>((value) => typeof value === 'object' && value !== null);
const Level = z.enum(['debug', 'info', 'warn', 'error']);

/** From the visit process to the main process: nothing personal in any of them. */
export const FromDesk = z.discriminatedUnion('t', [
  z.object({ t: z.literal('hello') }),
  z.object({ t: z.literal('health'), health: z.array(Known<DeviceHealth>()) }),
  z.object({ t: z.literal('card-found'), visitId: z.string() }),
  z.object({
    t: z.literal('card-change'),
    reader: z.enum(READER_CLASSES),
    change: z.enum(['laid', 'moved', 'removed', 'absent']),
  }),
  z.object({ t: z.literal('card-rules'), id: z.number(), itemId: z.string() }),
  z.object({ t: z.literal('submit'), id: z.number(), request: Known<SubmitRequest>() }),
  z.object({ t: z.literal('sealed'), id: z.number(), result: Known<Result<SealedForm, Problem>>() }),
  z.object({ t: z.literal('tested'), id: z.number(), result: Known<ReaderTest>() }),
  z.object({ t: z.literal('log'), level: Level, event: z.string(), detail: z.record(z.string(), z.unknown()) }),
]);
export type FromDesk = z.infer<typeof FromDesk>;

/** What a page says on its line, and what it hears. */
export const PageAsks = z.object({ id: z.number(), name: z.enum(PERSONAL_CALLS), input: z.unknown() });
export interface PageHears {
  readonly id: number;
  readonly answer: Result<unknown, Problem>;
}

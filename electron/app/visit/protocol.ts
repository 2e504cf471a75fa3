import { z } from 'zod';
import { LINE_CALLS, PERSONAL_CALLS } from '../../contract/bridge.ts';
import type { EventName } from '../../contract/calls.ts';
import type { CaseProgress } from '../../contract/dto.ts';
import type { Problem } from '../../contract/problems.ts';
import type { Language } from '../../domain/text.ts';
import type { NewFile } from '../../services/file-desk.ts';
import type { SealedForm, SealOrder } from '../../services/form-desk.ts';
import type { SubmitRequest } from '../../services/cases.ts';
import type { CodeRule, SealingKey } from '../../services/ports.ts';
import type { DeviceHealth, DeviceSettings } from '../../../native/manager/driver-types.ts';
import type { DeviceError } from '../../../native/model/device.ts';
import type { Result } from '../../../native/model/result.ts';

/** Classes whose devices read people's cards. */
export const READER_CLASSES = ['id-card-reader', 'social-security-card-reader'] as const;
export type ReaderClass = (typeof READER_CLASSES)[number];

/** Classes that the visit process works: what their devices read is somebody's. */
export const FAR_CLASSES = [...READER_CLASSES, 'code-scanner'] as const;
export type FarClass = (typeof FAR_CLASSES)[number];

export function isFarClass(deviceClass: string): deviceClass is FarClass {
  return (FAR_CLASSES as readonly string[]).includes(deviceClass);
}

/** A card was read for a test: only its kind is told. */
export type ReaderTest = Result<{ readonly type: string }, DeviceError>;

/** What the visit process asks of the main process for its page: codes as digests, files sealed. */
export type DeskAsk =
  | { readonly what: 'check-code'; readonly visitId: string; readonly wellFormed: boolean }
  | { readonly what: 'add-file'; readonly file: NewFile }
  | {
      readonly what: 'append-file';
      readonly visitId: string;
      readonly attachmentId: string;
      readonly sealed: Uint8Array;
    }
  | { readonly what: 'remove-file'; readonly visitId: string; readonly attachmentId: string }
  | { readonly what: 'list-files'; readonly visitId: string; readonly itemId: string };

/** What the main process asks of the visit process meanwhile. `check` is the number of the `check-code` that is meant. */
export type DeskWish =
  | { readonly what: 'digest'; readonly check: number; readonly rule: CodeRule }
  | {
      readonly what: 'seal-file';
      readonly attachmentId: string;
      readonly key: SealingKey;
      readonly caseId: string;
    };

/** From the main process to the visit process. A `visit` brings the line to the page with it. */
export type ToDesk =
  | { readonly t: 'readers'; readonly settings: readonly DeviceSettings[]; readonly healthIntervalMs?: number }
  /** `cardLeft`: the card of somebody who has gone may still lie on a reader. */
  | { readonly t: 'visit'; readonly visitId: string; readonly language: Language; readonly cardLeft?: boolean }
  | { readonly t: 'seal'; readonly id: number; readonly order: SealOrder }
  | { readonly t: 'test'; readonly id: number; readonly reader: ReaderClass; readonly deadlineMs: number }
  | { readonly t: 'cancel-test'; readonly id: number }
  | { readonly t: 'card-rules-are'; readonly id: number; readonly socialSecurity: boolean }
  | { readonly t: 'submitted'; readonly id: number; readonly result: Result<CaseProgress, Problem> }
  | { readonly t: 'light'; readonly on: boolean }
  | { readonly t: 'forget-file'; readonly attachmentId: string }
  | { readonly t: 'answered'; readonly id: number; readonly result: Result<unknown, Problem> }
  | { readonly t: 'wish'; readonly id: number; readonly wish: DeskWish };

const Known = <T>(): z.ZodType<T> => z.custom<T>((value) => typeof value === 'object' && value !== null);
const Level = z.enum(['debug', 'info', 'warn', 'error']);

/** From the visit process to the main process: nothing personal in any of them that is not sealed. */
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
  /** The scanner read something, so many characters; what they are goes to the page alone. */
  z.object({ t: z.literal('scanned'), length: z.number() }),
  z.object({ t: z.literal('ask'), id: z.number(), ask: Known<DeskAsk>() }),
  z.object({ t: z.literal('granted'), id: z.number(), result: Known<Result<unknown, Problem>>() }),
  z.object({ t: z.literal('log'), level: Level, event: z.string(), detail: z.record(z.string(), z.unknown()) }),
]);
export type FromDesk = z.infer<typeof FromDesk>;

/** What a page says on its line, and what it hears: answers, and what a device read for it. */
export const PageAsks = z.object({
  id: z.number(),
  name: z.enum([...PERSONAL_CALLS, ...LINE_CALLS]),
  input: z.unknown(),
});
export type PageHears =
  | { readonly id: number; readonly answer: Result<unknown, Problem> }
  | { readonly event: EventName; readonly payload: unknown };

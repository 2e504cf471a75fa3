import type { Dispatch } from 'react';
import type { CallInput } from '../../electron/contract/calls.ts';
import type { CardDto, CaseProgress, KioskSnapshot, PickupDto } from '../../electron/contract/dto.ts';
import type { Problem } from '../../electron/contract/problems.ts';
import type { FormValues } from '../../electron/domain/case.ts';
import type { ItemPack } from '../../electron/domain/item-pack.ts';
import type { Language } from '../../electron/domain/text.ts';

/** Every screen. To add one: an id here, a line in `screens/registry.ts`, the words in `assets/locales`. */
export const SCREENS = [
  'attract',
  'home',
  'find',
  'guide',
  'card',
  'form',
  'papers',
  'review',
  'submitting',
  'done',
  'progress',
  'resume',
  'problem',
  'pickup-code',
  'pickup-open',
  'rating',
  'technician-unlock',
  'technician',
] as const;
export type ScreenId = (typeof SCREENS)[number];

/** Pages that lie over any screen; the screen below stays mounted and keeps its state. */
export type Overlay = 'none' | 'help' | 'accessibility' | 'carry';

/** What the receipt and the rating are about. */
export interface Subject {
  readonly subject: 'case' | 'pickup';
  readonly subjectId: string;
}

/** Everything a visit knows. Dropped whole when it ends. */
export interface FlowState {
  readonly screen: ScreenId;
  /** Screens that Back leads to, oldest first. */
  readonly history: readonly ScreenId[];
  readonly direction: 'forward' | 'back';
  readonly overlay: Overlay;
  /** Counts visits; a new number remounts every screen. */
  readonly epoch: number;
  /** Null before the visit is known to the main process. */
  readonly visitId: string | null;
  /** The search was opened to type into it. */
  readonly typing: boolean;
  /** The search was opened at this life event. */
  readonly lifeEvent: string | null;
  readonly item: ItemPack | null;
  readonly card: CardDto | null;
  readonly values: FormValues;
  /** Field id of the question on the form screen; null = the first. */
  readonly question: string | null;
  /** The question was opened from the review page: Next leads back there. */
  readonly fromReview: boolean;
  /** Made once a review, so that pressing submit again is the same case. */
  readonly submissionId: string | null;
  /** Papers (slot ids) of the submitted case that are still to be handed in. */
  readonly toHandIn: readonly string[];
  readonly result: CaseProgress | null;
  readonly pickup: PickupDto | null;
  readonly rating: Subject | null;
  readonly technician: { readonly token: string; readonly lockAt: string } | null;
  readonly problem: { readonly problem: Problem; readonly retry: ScreenId | null } | null;
}

export type FlowAction =
  /** A person touched the attract screen. */
  | { readonly type: 'start' }
  | { readonly type: 'visit-begun'; readonly epoch: number; readonly visitId: string }
  /** Forward to a screen; `replace` leaves the present one out of Back. */
  | {
      readonly type: 'go';
      readonly screen: ScreenId;
      readonly replace?: boolean;
      readonly typing?: boolean;
      readonly lifeEvent?: string;
    }
  | { readonly type: 'back' }
  | { readonly type: 'home' }
  | { readonly type: 'item-chosen'; readonly item: ItemPack }
  /** A form that was carried away has come back: its answers are checked again like typed ones. */
  | { readonly type: 'resumed'; readonly item: ItemPack; readonly values: FormValues }
  | { readonly type: 'card-read'; readonly card: CardDto; readonly values: FormValues }
  | { readonly type: 'answered'; readonly field: string; readonly value: string }
  | { readonly type: 'ask'; readonly field: string; readonly fromReview?: boolean; readonly back?: boolean }
  | { readonly type: 'submit'; readonly submissionId: string; readonly toHandIn?: readonly string[] }
  | { readonly type: 'submitted'; readonly result: CaseProgress }
  | { readonly type: 'case-changed'; readonly result: CaseProgress }
  | { readonly type: 'pickup-accepted'; readonly pickup: PickupDto }
  | { readonly type: 'rate'; readonly subject: Subject }
  | { readonly type: 'technician-unlocked'; readonly token: string; readonly lockAt: string }
  | { readonly type: 'problem'; readonly problem: Problem; readonly retry: ScreenId | null }
  | { readonly type: 'overlay'; readonly overlay: Overlay }
  | { readonly type: 'ended' };

export type EndReason = CallInput<'visit.end'>['reason'];

/** What every screen gets, also through `useFlow()`. */
export interface ScreenProps {
  readonly state: FlowState;
  readonly send: Dispatch<FlowAction>;
  /** Live: renewed whenever the kiosk changes. */
  readonly snapshot: KioskSnapshot;
  readonly language: Language;
  /** Blank at once, everything forgotten, then the attract screen. */
  readonly endVisit: (reason: EndReason) => void;
  readonly setLanguage: (language: Language) => void;
}

import type { KioskSnapshot } from '../../electron/contract/dto.ts';
import type { FlowState, ScreenId } from '../flow/types.ts';

/** What the kiosk knows of who stands before it; undefined without a sensor that can be believed. */
export type PresenceWord = KioskSnapshot['presence'];

/**
 * How the attract screen stands: `plain` as without a sensor, `awake` while somebody is there, `resting` when nobody was for
 * a while.
 */
export type Mood = 'plain' | 'awake' | 'resting';

/** How long the attract screen stays awake behind somebody, where it never rests, in milliseconds. */
const AWAKE_AFTER_MS = 10_000;

/** The mood at once, and what it becomes after a while when nothing changes. */
export function moodOf(
  presence: PresenceWord,
  before: Mood,
): { readonly mood: Mood; readonly later: { readonly mood: Mood; readonly afterMs: number } | null } {
  if (presence === undefined) return { mood: 'plain', later: null };
  if (presence.state === 'near') return { mood: 'awake', later: null };
  const rest: Mood = presence.restAfterMs === null ? 'plain' : 'resting';
  // Who sways at the edge of what the sensor sees is not greeted again and again.
  if (before === 'awake') {
    return { mood: 'awake', later: { mood: rest, afterMs: presence.restAfterMs ?? AWAKE_AFTER_MS } };
  }
  return { mood: rest, later: null };
}

/** Screens that show nothing of a person as long as nothing is known of one. */
const PUBLIC: ReadonlySet<ScreenId> = new Set(['attract', 'home', 'find', 'guide', 'technician-unlock', 'technician']);

/** Whether the screen may show, or lets be typed, what belongs to a person. */
export function isPersonal(state: Pick<FlowState, 'screen' | 'card' | 'values'>): boolean {
  if (state.screen === 'attract' || state.screen === 'technician' || state.screen === 'technician-unlock') return false;
  return state.card !== null || Object.keys(state.values).length > 0 || !PUBLIC.has(state.screen);
}

/** After how long without anybody the screen is covered, in milliseconds; null: not at all. */
export function coverAfterMs(presence: PresenceWord, personal: boolean): number | null {
  return personal && presence?.state === 'away' ? presence.coverAfterMs : null;
}

import type { FlowState } from '../flow/types.ts';

/** `card`: read; `done`; `attention`: the kiosk needs you; `wrong`. */
export type Chime = 'card' | 'done' | 'attention' | 'wrong';

/** What of a visit is to be heard. */
export interface Heard {
  readonly screen: FlowState['screen'];
  readonly card: boolean;
  /** The quiet clock asks whether somebody is there. */
  readonly asking: boolean;
}

/** The tone of a change; null when it has none. */
export function chimeOf(before: Heard, now: Heard): Chime | null {
  if (now.asking && !before.asking) return 'attention';
  if (now.screen !== before.screen && now.screen === 'problem') return 'wrong';
  if (now.screen !== before.screen && now.screen === 'done') return 'done';
  return now.card && !before.card ? 'card' : null;
}

/**
 * Indexes of what is due: first tries and tries again, each with the condition of its rows. Neither sort hides the other.
 */
export const DUE_LANES = [
  ['outbox_due', 'attempts = 0'],
  ['outbox_again', 'attempts > 0'],
] as const;

/** Every open entry of the outbox is in exactly one of these partial indexes; each with the condition of its rows. */
export const OPEN_LANES = [
  ...DUE_LANES.map(([index, condition]) => [index, `state = 'ready' AND head = 1 AND ${condition}`] as const),
  ['outbox_behind', "state = 'ready' AND head = 0"],
  ['outbox_sending', "state = 'sending'"],
  ['outbox_parked', "state = 'parked'"],
] as const;

/** SELECTs of something of all open entries, one for each index; no entry is found by two of them. */
export function openEntries(columns: string): string[] {
  return OPEN_LANES.map(([index, condition]) => `SELECT ${columns} FROM outbox INDEXED BY ${index} WHERE ${condition}`);
}

import type { Database } from './database.ts';

/** Pick-ups whose door was seen open and not closed since, each with the act that opened it. */
export function openedPickups(db: Database): { readonly pickupId: string; readonly actId: string }[] {
  return db.all<{ pickupId: string; actId: string }>(
    `SELECT pickup_id AS pickupId,
       (SELECT act_id FROM acts WHERE subject_id = pickup_id AND kind = 'open-door' AND kind <> 'submit-case' AND state = 'confirmed'
        ORDER BY acts.seq DESC LIMIT 1) AS actId
     FROM pickups WHERE state = 'opened' AND actId IS NOT NULL ORDER BY pickups.seq`,
  );
}

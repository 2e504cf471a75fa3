import type { Journey } from './journey.ts';
import { cardUnreadable } from './journeys/card-unreadable.ts';
import { caseOffline } from './journeys/case-offline.ts';
import { caseOnline } from './journeys/case-online.ts';
import { printerOutOfPaper } from './journeys/printer-out-of-paper.ts';

/** Every journey, in the order in which `all` walks them. */
export const ALL_JOURNEYS: readonly Journey[] = [caseOnline, caseOffline, printerOutOfPaper, cardUnreadable];

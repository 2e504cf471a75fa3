import type { Journey } from './journey.ts';
import { cardLeftBehind } from './journeys/card-left-behind.ts';
import { cardUnreadable } from './journeys/card-unreadable.ts';
import { caseAttachments, papersNotNow } from './journeys/case-attachments.ts';
import { caseEnglishLandscape } from './journeys/case-english-landscape.ts';
import { caseKeyboard } from './journeys/case-keyboard.ts';
import { caseKilled } from './journeys/case-killed.ts';
import { caseOffline } from './journeys/case-offline.ts';
import { caseOnline } from './journeys/case-online.ts';
import { caseQueueKilled } from './journeys/case-queue-killed.ts';
import { caseSpeech } from './journeys/case-speech.ts';
import { carryAway } from './journeys/carry-away.ts';
import { lockedDown } from './journeys/locked-down.ts';
import { outOfService } from './journeys/out-of-service.ts';
import { pickupDoorStuck } from './journeys/pickup-door-stuck.ts';
import { pickupOffline } from './journeys/pickup-offline.ts';
import { pickupOnline } from './journeys/pickup-online.ts';
import { pickupWrongCode } from './journeys/pickup-wrong-code.ts';
import { printerOutOfPaper } from './journeys/printer-out-of-paper.ts';
import { somebodyComes, somebodyLeaves, somebodyLeavesForGood } from './journeys/somebody-comes.ts';
import { screensByEar } from './journeys/screens-by-ear.ts';
import { technicianCamera } from './journeys/technician-camera.ts';
import { technicianHandOver } from './journeys/technician-hand-over.ts';
import { technicianLostKey } from './journeys/technician-lost-key.ts';
import { technicianPrinterSetup } from './journeys/technician-printer-setup.ts';
import { technicianSound } from './journeys/technician-sound.ts';
import { technicianStore } from './journeys/technician-store.ts';
import { technicianWorkbench } from './journeys/technician-workbench.ts';
import { visitSpeech, visitSpeechEnglish } from './journeys/visit-speech.ts';

/** The journeys of `npm test`, in the order in which `all` begins them. */
export const ALL_JOURNEYS: readonly Journey[] = [
  caseOnline,
  caseOffline,
  caseKilled,
  caseQueueKilled,
  caseEnglishLandscape,
  caseSpeech,
  caseKeyboard,
  caseAttachments,
  papersNotNow,
  carryAway,
  pickupOnline,
  pickupOffline,
  pickupWrongCode,
  pickupDoorStuck,
  printerOutOfPaper,
  cardUnreadable,
  cardLeftBehind,
  somebodyComes,
  somebodyLeaves,
  technicianPrinterSetup,
  technicianCamera,
  technicianSound,
  technicianStore,
  technicianHandOver,
  technicianLostKey,
  technicianWorkbench,
  lockedDown,
  outOfService,
];

/** Journeys that are walked when they are named: they take minutes. */
export const NAMED_JOURNEYS: readonly Journey[] = [
  screensByEar,
  visitSpeech,
  visitSpeechEnglish,
  somebodyLeavesForGood,
];

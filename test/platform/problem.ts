import type { PlatformProblemType, ProblemDetails } from '../../electron/platform-api/messages.ts';
import { PROBLEM_STATUS } from '../../electron/platform-api/routes.ts';

/** A refusal of the platform. Nothing was kept. */
export interface Refusal {
  readonly type: PlatformProblemType;
  readonly detail: string;
  /** Members of the problem besides the common ones. */
  readonly more?: Pick<ProblemDetails, 'expectedSequence' | 'expectedOffset'>;
}

const TITLES: Readonly<Record<PlatformProblemType, string>> = {
  'urn:hall24:busy': 'The platform is busy',
  'urn:hall24:in-progress': 'The first request with this key is still being handled',
  'urn:hall24:sequence-gap': 'An earlier entry of this subject is missing',
  'urn:hall24:unauthorised': 'The token is missing or does not belong to this kiosk',
  'urn:hall24:malformed': 'The request is not as the document says',
  'urn:hall24:unreadable-envelope': 'The envelope cannot be opened or read',
  'urn:hall24:item-unknown': 'There is no such service item',
  'urn:hall24:item-version-withdrawn': 'This version of the service item is not taken any more',
  'urn:hall24:key-reused': 'This key was used for another body',
  'urn:hall24:already-rated': 'This was rated before',
  'urn:hall24:pickup-unknown': 'This pick-up was not announced to this kiosk',
  'urn:hall24:not-found': 'Nothing is known of it',
  'urn:hall24:offset-differs': 'Another byte of the file is next',
  'urn:hall24:chunk-damaged': 'The chunk is not what its checksum says',
  'urn:hall24:attachment-unknown': 'No case announced this file, or its upload was not begun',
  'urn:hall24:attachment-differs': 'The file is not the one that was announced',
  'urn:hall24:tus-version': 'The upload protocol is tus 1.0.0',
};

/** Makes a refusal; `detail` has nothing personal. */
export function refusal(type: PlatformProblemType, detail: string): Refusal {
  return { type, detail };
}

/** The body of a refusal. */
export function problemOf({ type, detail, more }: Refusal): ProblemDetails {
  return { type, title: TITLES[type], status: PROBLEM_STATUS[type], detail, ...more };
}

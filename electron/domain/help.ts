/**
 * What somebody may tell when asking for help, besides calling a person. Codes, not words: they hold nothing personal, and
 * the duty roster can count them. Words stand in `assets/locales/<language>/help.json`.
 */
export const HELP_REASONS = [
  'person',
  'card-not-read',
  'nothing-printed',
  'door-shut',
  'cannot-find',
  'cannot-type',
  'not-accepted',
  'machine-slow',
] as const;
export type HelpReason = (typeof HELP_REASONS)[number];

/** A request for help as the duty roster gets it. */
export interface HelpRequest {
  /** UUIDv7 of the kiosk: the platform takes it once however often it is sent. */
  readonly requestId: string;
  /** When it was asked, ISO 8601. */
  readonly at: string;
  readonly reason: HelpReason;
  /** Screen on which it was asked. */
  readonly screen: string;
}

/** Whether the roster has it; `kept`: written down here, it goes along with the next sign of life. */
export type HelpState = 'sent' | 'kept';

/** How requests stand in the audit trail, which is written before anything is sent. */
export const HELP_ASKED = 'help-asked';
export const HELP_SENT = 'help-sent';
/** At most so many are told at once. */
export const MOST_HELP_REQUESTS = 20;
/** So far back in the audit trail requests are looked for. */
export const HELP_LOOK_BACK = 200;

/** A row of the audit trail as far as help is concerned. */
interface TrailRow {
  readonly what: string;
  readonly detail: string;
}

/** One line for the audit trail. */
export function helpDetail(request: HelpRequest): string {
  return `${request.requestId} ${request.at} ${request.reason} ${request.screen}`;
}

function read(detail: string): HelpRequest | null {
  const [requestId = '', at = '', word = '', screen = ''] = detail.split(' ');
  const reason = HELP_REASONS.find((one) => one === word);
  return reason === undefined || screen === '' ? null : { requestId, at, reason, screen };
}

/** Requests that the roster does not have yet, oldest first. @param trail rows of the audit trail, newest first */
export function pendingHelp(trail: readonly TrailRow[]): HelpRequest[] {
  const sent = new Set(trail.filter(({ what }) => what === HELP_SENT).map(({ detail }) => detail));
  return trail
    .filter(({ what }) => what === HELP_ASKED)
    .flatMap(({ detail }) => read(detail) ?? [])
    .filter(({ requestId }) => !sent.has(requestId))
    .reverse()
    .slice(0, MOST_HELP_REQUESTS);
}

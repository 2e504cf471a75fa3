import { z } from 'zod';

/**
 * Every expected failure that can reach a screen, in number families:
 * 10x this kiosk, 20x card, 30x paper, 40x locker and codes, 50x case and platform, 60x technician.
 * Texts for citizen, technician and log stand in `assets/locales/<language>/problems.json` under the code.
 */
export const PROBLEM_CODES = [
  'K101-bad-request',
  'K102-no-visit',
  'K103-store-unavailable',
  'K104-no-space',
  'K105-internal',
  'K106-cancelled',
  'K107-config-damaged',
  'K108-clock-wrong',
  'C201-reader-away',
  'C202-no-card',
  'C203-card-unreadable',
  'C204-card-moved',
  'C205-card-wrong-type',
  'C206-reader-refused',
  'C207-reader-starting',
  'P301-printer-away',
  'P302-paper-out',
  'P303-paper-jam',
  'P304-cover-open',
  'P305-cutter-error',
  'P306-print-unknown',
  'L401-locker-away',
  'L402-code-malformed',
  'L403-code-unknown',
  'L404-code-not-yet-valid',
  'L405-code-expired',
  'L406-code-used',
  'L407-code-withdrawn',
  'L408-too-many-tries',
  'L409-door-did-not-open',
  'L410-door-unknown',
  'L411-some-doors-away',
  'L412-list-unreadable',
  'L413-door-sensors-wrong',
  'L414-door-without-sensor',
  'L415-locker-starting',
  'S501-form-incomplete',
  'S502-item-unknown',
  'S503-platform-refused',
  'S504-not-found',
  'S505-no-sealing-key',
  'S506-platform-away',
  'S507-needs-staff',
  'S508-no-camera',
  'S509-no-papers-now',
  'T601-pin-wrong',
  'T602-pin-locked',
  'T603-not-unlocked',
  'T604-bad-setting',
  'T605-device-test-failed',
  'T606-pin-unreadable',
] as const;

/** One of the codes above. */
export const ProblemCode = z.enum(PROBLEM_CODES);
export type ProblemCode = z.infer<typeof ProblemCode>;

/** A failure on its way to the screen. `params` fill the text; they hold no personal data. */
export const Problem = z.object({
  code: ProblemCode,
  params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
});
export type Problem = z.infer<typeof Problem>;

/** Makes a problem. */
export function problem(code: ProblemCode, params: Problem['params'] = {}): Problem {
  return { code, params };
}

/**
 * An act is anything that matters in law or in the physical world. It has its own id (UUIDv7) and is written to the
 * store before it is tried: `intended -> sent -> confirmed | refused | unknown`. `unknown` is a real state with an
 * owner and a next step; it is resolved by asking, never by blindly doing it again.
 */
export type ActKind = 'submit-case' | 'open-door' | 'print-receipt' | 'rate' | 'upload-attachment';

/** Where an act stands; `unknown` is a state with an owner, not an error. */
export type ActState = 'intended' | 'sent' | 'confirmed' | 'refused' | 'unknown';

/** Who resolves an unknown act: the kiosk by itself, or a person on duty. */
export type ActOwner = 'kiosk' | 'duty-staff';

/** What may happen to an act. */
export type ActEvent = 'send' | 'confirm' | 'refuse' | 'lose-track';

const TRANSITIONS: Readonly<Record<ActState, Partial<Record<ActEvent, ActState>>>> = {
  intended: { send: 'sent', refuse: 'refused', 'lose-track': 'unknown' },
  sent: { confirm: 'confirmed', refuse: 'refused', 'lose-track': 'unknown', send: 'sent' },
  unknown: { confirm: 'confirmed', refuse: 'refused', 'lose-track': 'unknown' },
  confirmed: {},
  refused: {},
};

/**
 * Next state of an act, or null when the event cannot happen in this state. `confirmed` and `refused` are final:
 * nothing makes a done act undone. An `unknown` act cannot be sent again.
 */
export function advanceAct(state: ActState, event: ActEvent): ActState | null {
  return TRANSITIONS[state][event] ?? null;
}

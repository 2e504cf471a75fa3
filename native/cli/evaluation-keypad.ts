import { failed, succeeded } from './common.ts';
import type { DeviceCommand, Work } from './common.ts';
import { UDEV } from './udev-rule.ts';

const HOW =
  'JSON: {"ok": true, "result": "sent"|"cannot"}; "cannot": the profile has no such command, nothing was sent.';

export const EVALUATION_KEYPAD: readonly DeviceCommand[] = [
  {
    word: 'invite',
    summary: 'lights or speaks the invitation to rate, where the profile has a command for it',
    more: HOW,
    prepare: () => invited(true),
  },
  {
    word: 'dismiss',
    summary: 'ends the invitation to rate, where the profile has a command for it',
    more: HOW,
    prepare: () => invited(false),
  },
  UDEV,
];

function invited(on: boolean): Work {
  return async (session) => {
    const told = await session.manager.evaluationKeypad.run((driver) => driver.invite(on), {
      signal: session.ports.stop,
    });
    if (!told.ok) return failed(told.error, session);
    const text = told.value === 'sent' ? 'sent' : 'this keypad has no such command; nothing was sent';
    return succeeded({ result: told.value }, [text], session);
  };
}

import type { RatingLevel } from '../model/evaluation-keypad.ts';
import { checksumBytes } from './key-decoder.ts';
import type { FramePart, KeyLevels, KeyRule, KeypadProfile } from './keypad-profile.ts';
import { FiveKeys, HOLD_MS } from './simulator.ts';
import type { KeyOrder } from './simulator.ts';

/** A keypad that a technician described as data: it sends what the first rule of its profile says. */
export class ProfileKeypadSimulator extends FiveKeys {
  readonly #rule: KeyRule | undefined;

  constructor(profile: KeypadProfile, keyOrder: KeyOrder = '1-very-bad') {
    super(keyOrder, profile.say);
    this.#rule = profile.read[0];
  }

  protected override contact(key: number, delayMs: number): void {
    const rule = this.#rule;
    if (!rule) return;
    const reports = pressOf(rule, key);
    for (const [index, bytes] of reports.entries()) {
      this.output.emit({ bytes, delayMs: index === 0 ? delayMs : HOLD_MS });
    }
  }
}

function keyFor<TKey>(keys: KeyLevels<TKey>, level: number): TKey | undefined {
  return keys.find((one) => one.level === (level as RatingLevel))?.key;
}

/** What goes over the line for one press; on HID the release is a report of its own. */
function pressOf(rule: KeyRule, level: number): readonly Uint8Array[] {
  switch (rule.kind) {
    case 'bytes': {
      const bytes = keyFor(rule.keys, level);
      return bytes === undefined ? [] : [bytes];
    }
    case 'frame': {
      const key = keyFor(rule.keys, level);
      return key === undefined ? [] : [frameOf(rule.parts, key)];
    }
    case 'text': {
      const key = keyFor(rule.keys, level);
      return key === undefined ? [] : [Uint8Array.from([...new TextEncoder().encode(key), ...rule.tail])];
    }
    case 'keyboard': {
      const usage = keyFor(rule.keys, level);
      return usage === undefined ? [] : [Uint8Array.of(0, 0, usage, 0, 0, 0, 0, 0), new Uint8Array(8)];
    }
    default: {
      const value = keyFor(rule.keys, level);
      if (value === undefined) return [];
      const idle = new Uint8Array(Math.max(8, rule.offset + 1));
      if (rule.id !== null) idle[0] = rule.id;
      const down = idle.slice();
      down[rule.offset] = value;
      return [down, idle];
    }
  }
}

/** A frame of these pieces with its checksum in place. */
export function frameOf(parts: readonly FramePart[], key: Uint8Array): Uint8Array {
  let bytes: readonly number[] = [];
  for (const part of parts) {
    const next =
      part.kind === 'key' ? key : part.kind === 'fixed' ? part.bytes : checksumBytes(part, Uint8Array.from(bytes));
    bytes = [...bytes, ...next];
  }
  return Uint8Array.from(bytes);
}

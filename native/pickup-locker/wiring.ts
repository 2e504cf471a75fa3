import type { DriverContext, DriverOption } from '../model/driver-registry.ts';
import type { DoorState } from '../model/pickup-locker.ts';

/** All feedback contacts of a board in the order of the wire; null where a byte has no meaning. */
export type Contacts = readonly (boolean | null)[];

/** What the contacts of a board mean: how its doors are wired. */
export interface Wiring {
  /** Level of a contact whose door is closed; null where the doors have no sensors. */
  readonly closedLevel: boolean | null;
  /** Whether the bytes come with the highest locks first. */
  readonly highFirst: boolean;
  /** Locks of one board whose doors exist; null: all that it tells. */
  readonly wired: number | null;
}

/** Contacts in the order of the locks: index 0 is lock 1. Bit 0 is the lowest lock of its byte on all boards. */
export function inLockOrder(contacts: Contacts, highFirst: boolean): Contacts {
  if (!highFirst) return contacts;
  const bytes = Array.from({ length: Math.ceil(contacts.length / 8) }, (_, at) => contacts.slice(at * 8, at * 8 + 8));
  return bytes.toReversed().flat();
}

/** The doors behind the contacts of a board. */
export function doorsOf(contacts: Contacts, wiring: Wiring): readonly DoorState[] {
  return inLockOrder(contacts, wiring.highFirst).map((level) => doorOf(level, wiring));
}

/** The door behind one contact. */
export function doorOf(level: boolean | null, { closedLevel }: Wiring): DoorState {
  if (level === null || closedLevel === null) return 'unknown';
  return level === closedLevel ? 'closed' : 'open';
}

/** Bits of status bytes: bit 0 of the first byte first. */
export function contactsOfBytes(bytes: Uint8Array, count: number): Contacts {
  return Array.from({ length: count }, (_, index) => {
    const byte = bytes[index >> 3];
    return byte === undefined ? null : ((byte >> (index & 7)) & 1) === 1;
  });
}

/** The option that says what a set status bit means; the maker's own meaning first, `none` for doors without sensors. */
export function lockBitOption(fallback: '1-locked' | '1-unlocked'): DriverOption {
  return {
    key: 'lock-bit',
    label: { 'zh-CN': '状态位为 1 表示(none：无门磁)', en: 'A set status bit means (none: no door sensors)' },
    values: fallback === '1-locked' ? ['1-locked', '1-unlocked', 'none'] : ['1-unlocked', '1-locked', 'none'],
    fallback,
  };
}

/** The closed level by the option above. */
export function lockBitLevel(context: DriverContext, fallback: '1-locked' | '1-unlocked'): boolean | null {
  const value = context.options['lock-bit'] ?? fallback;
  return value === 'none' ? null : value === '1-locked';
}

/** The option that says how many locks of each board have a door. */
export function wiredOption(most: number): DriverOption {
  return {
    key: 'wired',
    label: { 'zh-CN': '每块板已接的锁数(从 1 号起)', en: 'Locks of a board that are wired (from 1)' },
    values: ['all', ...Array.from({ length: most }, (_, index) => String(index + 1))],
    fallback: 'all',
  };
}

/** The number of wired locks by the option above. */
export function wiredOf(context: DriverContext): number | null {
  const value = context.options['wired'] ?? 'all';
  return value === 'all' ? null : Number(value);
}

/** The option that says how many boards there are. */
export function boardsOption(first: number, most: number): DriverOption {
  return {
    key: 'boards',
    label: { 'zh-CN': `锁控板数量(地址从 ${first} 起)`, en: `Number of boards (addresses from ${first})` },
    values: Array.from({ length: most }, (_, index) => String(index + 1)),
    fallback: '1',
  };
}

/** Addresses of the configured boards. */
export function configuredBoards(context: DriverContext, first: number): readonly number[] {
  return Array.from({ length: Number(context.options['boards'] ?? '1') }, (_, index) => first + index);
}

import type { EventSource } from './events.ts';

/**
 * The far end of a device line as a machine over bytes: what a real device would be on the other side of the cable.
 * Pure logic; a pseudo-terminal, a TCP socket or a test carries its bytes. Written from the protocol facts, not from
 * the driver.
 */
export interface DeviceSimulator {
  /** Bytes (or, for HID, one output report) that the host sent. */
  receive(bytes: Uint8Array): void;
  /** Bytes (or one input report) that the device sends. `delayMs` is the device's own thinking time. */
  readonly output: EventSource<{ readonly bytes: Uint8Array; readonly delayMs: number }>;
  /** Human-readable lines of what the device did, for the simulator panel. */
  readonly activity: EventSource<string>;
}

/** Line faults that every simulator carrier can apply; device faults belong to each simulator. */
export interface LineBehaviour {
  /** Extra delay before each answer in milliseconds. */
  readonly lateMs: number;
  /** Send one byte at a time. */
  readonly drip: boolean;
  /** Random bytes put before each answer. */
  readonly garbageBytes: number;
  /** Answers are swallowed. */
  readonly mute: boolean;
  /** Only the first half of each answer is sent. */
  readonly halfFrames: boolean;
}

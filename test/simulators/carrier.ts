/**
 * What carries a simulator's bytes to the product: a device address that can be opened, unplugged and plugged in again
 * without changing.
 */
export interface Carrier {
  /** As the product's configuration wants it, e.g. `serial:///...?baud=115200`. */
  readonly address: string;
  /** `stream`: any pieces; `reports`: each `send` and each receipt is one HID report. */
  readonly kind: 'stream' | 'reports';
  /** Wire speed to keep to in bits a second, or null. */
  readonly baud: number | null;
  readonly plugged: boolean;
  /** Sends to the product. Bytes that nobody takes within a moment are lost, as on a cable. Never rejects. */
  send(bytes: Uint8Array): Promise<void>;
  /** Takes the device away; whoever has it open loses it. */
  unplug(): Promise<void>;
  /** Brings it back at the same address. */
  replug(): Promise<void>;
  /** Unplugs for good and removes what lies on disk. */
  stop(): Promise<void>;
}

/** Called with what the product sends. */
export type FromProduct = (bytes: Uint8Array) => void;

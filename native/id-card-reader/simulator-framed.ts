import { Emitter } from '../model/events.ts';
import type { DeviceSimulator } from '../model/simulator.ts';
import type { SdtReaderSimulator } from './simulator.ts';

/** Reports of the vendor's HID reader, and USB transfers at full speed, have this many bytes. */
const PACKET = 64;
/** Bytes of the inner frame that one wrapped report carries: all but AA SRN SRN LEN LEN RESULT, 2 to skip, and the sum. */
const WRAPPED_PART = PACKET - 6 - 2 - 2;

/** What stands between the module and the host. */
export type SimulatedFraming = 'cut' | 'split' | 'split-transfers' | 'split-padded' | 'hid-wrapped';

/**
 * A module behind another framing: what a bridge or a vendor's controller in front of the module does.
 * - `cut`: whole frames, in transfers of up to 64 bytes
 * - `split-transfers`: the bare USB module; preamble and length are one transfer, the rest are others of up to 64 bytes
 * - `split-padded`: the same through reports of a fixed size, filled with zeros
 * - `split`: the same carried over a stream, which keeps no boundaries of what the host sends
 * - `hid-wrapped`: reports `AA SRN LEN RESULT data SUM` of 64 bytes (protocols: SDT 1.8)
 */
export class FramedReaderSimulator implements DeviceSimulator {
  readonly output = new Emitter<{ readonly bytes: Uint8Array; readonly delayMs: number }>();
  readonly activity: DeviceSimulator['activity'];
  /** The module itself. */
  readonly module: SdtReaderSimulator;
  /** So many packets to come from the device are lost on the way. */
  lostPackets = 0;
  /** So many packets to come from the device have one bit turned. */
  damagedPackets = 0;
  /** Pieces from the host that this framing does not allow. */
  refused = 0;
  readonly #framing: SimulatedFraming;
  #header: Uint8Array | null = null;

  constructor(module: SdtReaderSimulator, framing: SimulatedFraming) {
    this.module = module;
    this.activity = module.activity;
    this.#framing = framing;
    module.output.subscribe(({ bytes, delayMs }) => this.#send(bytes, delayMs));
  }

  receive(piece: Uint8Array): void {
    if (this.#framing === 'hid-wrapped') this.#receiveWrapped(piece);
    else if (this.#framing === 'cut' || this.#framing === 'split') this.module.receive(piece);
    else this.#receiveSplit(piece);
  }

  #receiveSplit(piece: Uint8Array): void {
    if (piece.length === 7 && piece[0] === 0xaa && piece[4] === 0x69) {
      this.#header = piece.slice();
      return;
    }
    const length = this.#header ? ((this.#header[5] ?? 0) << 8) | (this.#header[6] ?? 0) : -1;
    if (!this.#header || piece.length !== length) {
      this.refused += 1;
    } else {
      this.module.receive(this.#header);
      this.module.receive(piece);
    }
    this.#header = null;
  }

  #receiveWrapped(report: Uint8Array): void {
    const length = (report[3] ?? 0) | ((report[4] ?? 0) << 8);
    const end = 5 + length;
    const good =
      report.length === PACKET &&
      report[0] === 0x88 &&
      length > 1 &&
      end + 2 <= PACKET &&
      report[5] === 0xb1 &&
      sumOf(report.subarray(3, end)) === ((report[end] ?? 0) | ((report[end + 1] ?? 0) << 8));
    if (good) this.module.receive(report.subarray(6, end));
    else this.refused += 1;
  }

  #send(bytes: Uint8Array, delayMs: number): void {
    const packets = packetsOf(this.#framing, bytes);
    let delay = delayMs;
    for (const packet of packets) {
      if (this.lostPackets > 0) {
        this.lostPackets -= 1;
        continue;
      }
      if (this.damagedPackets > 0) {
        this.damagedPackets -= 1;
        const place = Math.min(9, packet.length - 1);
        packet[place] = (packet[place] ?? 0) ^ 0x10;
      }
      this.output.emit({ bytes: packet, delayMs: delay });
      delay = 0;
    }
  }
}

function packetsOf(framing: SimulatedFraming, bytes: Uint8Array): Uint8Array[] {
  if (framing === 'hid-wrapped') return wrapped(bytes);
  return parts(bytes, framing === 'cut' ? PACKET : 7, framing === 'split-padded');
}

function parts(bytes: Uint8Array, first: number, padded: boolean): Uint8Array[] {
  const cut = [bytes.subarray(0, first)];
  for (let at = first; at < bytes.length; at += PACKET) cut.push(bytes.subarray(at, at + PACKET));
  return cut.map((part) => {
    const packet = new Uint8Array(padded ? PACKET : part.length);
    packet.set(part);
    return packet;
  });
}

function wrapped(bytes: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += WRAPPED_PART) {
    const part = bytes.subarray(at, at + WRAPPED_PART);
    const length = 1 + 2 + part.length;
    const packet = new Uint8Array(PACKET);
    packet.set([0xaa, packets.length & 0xff, 0, length & 0xff, length >> 8, 0, part.length, 0, ...part]);
    const end = 5 + length;
    const sum = sumOf(packet.subarray(3, end));
    packet.set([sum & 0xff, sum >> 8], end);
    packets.push(packet);
  }
  return packets;
}

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (sum + byte) & 0xffff, 0);
}

import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';

/** USB ids of a virtual device. */
export interface HidIds {
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber: string;
  readonly product: string;
}

// Layout of struct uhid_event, include/uapi/linux/uhid.h.
const EVENT = { destroy: 1, output: 6, getReport: 9, getReportReply: 10, create2: 11, input2: 12 } as const;
const SET_REPORT = 13;
const SET_REPORT_REPLY = 14;
const EVENT_LENGTH = 4_380;
const CREATE_LENGTH = 4_376;
const BUS_USB = 0x03;
const DATA_MAX = 4_096;
/** Error number that tells the kernel that a report cannot be asked for. */
const EIO = 5;
/** How often the kernel's events are looked for, in milliseconds. */
const POLL_MS = 5;

/**
 * A HID device made in user space: what it is given as reports, the kernel shows on /dev/hidrawN as if a USB device had
 * sent them. `/dev/uhid` is read without blocking, because a blocked read keeps Node from ending.
 */
export class UhidDevice {
  /** Called with each output report, its id first where the device has ids. */
  onOutput: ((report: Uint8Array) => void) | null = null;
  readonly #file: number;
  readonly #poll: NodeJS.Timeout;
  #gone = false;

  constructor(descriptor: Uint8Array, ids: HidIds) {
    this.#file = openSync('/dev/uhid', constants.O_RDWR | constants.O_NONBLOCK);
    const event = Buffer.alloc(CREATE_LENGTH);
    event.writeUInt32LE(EVENT.create2, 0);
    event.write(ids.product, 4, 127, 'utf8');
    event.write(`virtual/${ids.serialNumber}`, 132, 63, 'utf8');
    event.write(ids.serialNumber, 196, 63, 'utf8');
    event.writeUInt16LE(descriptor.length, 260);
    event.writeUInt16LE(BUS_USB, 262);
    event.writeUInt32LE(ids.vendorId, 264);
    event.writeUInt32LE(ids.productId, 268);
    event.set(descriptor, 280);
    writeSync(this.#file, event);
    this.#poll = setInterval(() => this.#read(), POLL_MS);
  }

  /** Sends one input report, its id first where the device has ids. */
  send(report: Uint8Array): void {
    if (this.#gone) return;
    const event = Buffer.alloc(6 + DATA_MAX);
    event.writeUInt32LE(EVENT.input2, 0);
    event.writeUInt16LE(report.length, 4);
    event.set(report, 6);
    writeSync(this.#file, event.subarray(0, 6 + report.length));
  }

  /** Pulls the cable. */
  destroy(): void {
    if (this.#gone) return;
    this.#gone = true;
    clearInterval(this.#poll);
    const event = Buffer.alloc(4);
    event.writeUInt32LE(EVENT.destroy, 0);
    writeSync(this.#file, event);
    closeSync(this.#file);
  }

  #read(): void {
    const event = Buffer.alloc(EVENT_LENGTH);
    for (;;) {
      try {
        if (readSync(this.#file, event) === 0) return;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return;
        throw error;
      }
      const type = event.readUInt32LE(0);
      if (type === EVENT.output) {
        const size = event.readUInt16LE(4 + DATA_MAX);
        this.onOutput?.(new Uint8Array(event.subarray(4, 4 + size)));
      } else if (type === EVENT.getReport) this.#refuse(EVENT.getReportReply, event.readUInt32LE(4));
      else if (type === SET_REPORT) this.#refuse(SET_REPORT_REPLY, event.readUInt32LE(4));
    }
  }

  /** No feature reports here; the kernel waits for an answer all the same. */
  #refuse(type: number, request: number): void {
    const event = Buffer.alloc(12);
    event.writeUInt32LE(type, 0);
    event.writeUInt32LE(request, 4);
    event.writeUInt16LE(EIO, 8);
    writeSync(this.#file, event);
  }
}

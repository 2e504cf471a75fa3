import { existsSync } from 'node:fs';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANSWER_TO_RESET } from '../../native/social-security-card-reader/virtual-card.ts';
import type { VirtualCard } from '../../native/social-security-card-reader/virtual-card.ts';

/** Where the driver of the virtual device listens: one port for each of its two slots. PC/SC calls each slot a reader. */
const VPCD_PORT = 0x8c7b;
/** Where the service listens for programs. */
const SERVICE = '/run/pcscd/pcscd.comm';
/** Nonsense, as from a card that lies the wrong way round. */
const NOT_AN_ATR = Uint8Array.of(0x00);
/** Commands of the virtual reader: one byte; anything longer is a command for the card. */
const [POWER_OFF, POWER_ON, RESET, ASK_ATR] = [0, 1, 2, 4];
const LIBRARY = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';

/** A real PC/SC service with virtual readers in it. Needs root and a network namespace of its own. */
export class PcscService {
  #process: ChildProcess | null = null;
  #folder: string | null = null;

  async start(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'hall24-pcsc-'));
    await this.#configure();
    const folder = this.#folder;
    const child = spawn('/usr/sbin/pcscd', ['-f', '-c', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    child.stdout.resume();
    child.stderr.resume();
    // Looking by a connection would look like a card.
    await until(() => existsSync(SERVICE) || child.exitCode !== null, 5_000);
    if (child.exitCode !== null) throw new Error(`pcscd ended with ${child.exitCode}`);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child && child.exitCode === null) {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill(signal);
      await ended;
    }
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
    this.#folder = null;
  }

  async #configure(): Promise<void> {
    const place = `0x${VPCD_PORT.toString(16).toUpperCase()}`;
    const device = `FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:${place}\nLIBPATH ${LIBRARY}\nCHANNELID ${place}\n`;
    await writeFile(join(this.#folder ?? '', 'reader.conf'), device);
  }

  /** Puts a card into the first slot of a reader. */
  insert(card: VirtualCard, options: InsertOptions = {}): Promise<InsertedCard> {
    return InsertedCard.insert(card, options);
  }
}

export interface InsertOptions {
  /** Which reader, from 0. */
  readonly reader?: 0 | 1;
  /** Gives no answer to reset: put in the wrong way round. */
  readonly mute?: boolean;
  /** Pulled out when so many commands were answered. */
  readonly pulledAfter?: number;
  /** Never responds to the command with this number, counted from 0. */
  readonly stuckAt?: number;
}

/** A card in the virtual reader: it speaks the reader's protocol, two bytes of length before each message. */
export class InsertedCard {
  readonly #socket: Socket;
  /** Commands for the card that were answered. */
  answered = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async insert(card: VirtualCard, options: InsertOptions): Promise<InsertedCard> {
    const socket = connect({ host: '127.0.0.1', port: VPCD_PORT + (options.reader ?? 0), noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => undefined);
    const inserted = new InsertedCard(socket);
    let pending = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      pending = Buffer.concat([pending, bytes]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const message = pending.subarray(2, 2 + pending.readUInt16BE(0));
        pending = pending.subarray(2 + message.length);
        inserted.#take(card, options, message);
      }
    });
    return inserted;
  }

  /** Pulls the card out. */
  remove(): void {
    this.#socket.destroy();
  }

  #take(card: VirtualCard, options: InsertOptions, message: Uint8Array): void {
    if (message.length === 1) {
      const [command] = message;
      if (command === POWER_ON || command === RESET) card.reset();
      // Asked again and again to see whether the card is still there: no reset.
      if (command === ASK_ATR) this.#send(options.mute === true ? NOT_AN_ATR : ANSWER_TO_RESET);
      if (command === POWER_OFF) card.reset();
      return;
    }
    if (options.pulledAfter !== undefined && this.answered >= options.pulledAfter) return this.remove();
    if (options.stuckAt === this.answered) return;
    this.answered += 1;
    this.#send(card.respond(new Uint8Array(message)));
  }

  #send(bytes: Uint8Array): void {
    const framed = Buffer.alloc(2 + bytes.length);
    framed.writeUInt16BE(bytes.length, 0);
    framed.set(bytes, 2);
    this.#socket.write(framed);
  }
}

/** Waits until something holds; looks every 20 ms. */
export async function until(holds: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

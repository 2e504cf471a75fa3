import type * as PcscLibrary from 'pcsc-mini';
import { CCID, CCID_ERROR, decodeCcidCommand, encodeCcidAnswer, encodeCcidChange } from '../codec/ccid.ts';
import type { CcidCard } from '../codec/ccid.ts';
import { err, ok } from '../model/result.ts';
import type { Result } from '../model/result.ts';
import type { Transport, TransportError } from '../model/transport.ts';
import { formatAddress } from './address.ts';
import type { PcscAddress } from './address.ts';
import { TransportCore, messageOf, transportError } from './transport-core.ts';

type Card = Awaited<ReturnType<PcscLibrary.Reader['connect']>>;

/** How long readers get to show up after the service was asked, in milliseconds. */
const READERS_MS = 2_000;
/** After the first reader the others get this long, so that "the first" is the same one each time. */
const OTHERS_MS = 150;

/** Loads pcsc-mini; the package is optional, so a machine without it gives an error of this line alone. */
async function loadPcsc(): Promise<Result<typeof PcscLibrary, TransportError>> {
  try {
    const library = await import('pcsc-mini');
    return ok(library);
  } catch (error) {
    return err(transportError('io', `PC/SC cannot be loaded: ${messageOf(error).split('\n')[0] ?? ''}`));
  }
}

/** Names of the chip card readers of this machine. */
export async function listPcscReaders(): Promise<Result<readonly string[], TransportError>> {
  const found = await findReaders(() => false);
  if (!found.ok) return found;
  const names = [...found.value.readers.keys()].toSorted();
  stop(found.value.client);
  return ok(names);
}

/** Picks the reader that an address means: the name itself, else one that begins so, else none. */
export function matchReader(wanted: string | null, names: readonly string[]): string | null {
  const sorted = names.toSorted();
  if (wanted === null) return sorted[0] ?? null;
  return sorted.find((name) => name === wanted) ?? sorted.find((name) => name.startsWith(wanted)) ?? null;
}

/**
 * Opens a chip card reader. PC/SC is no byte stream: each piece of data is one whole CCID message, as the reader itself
 * would send it, so that a driver need not know what lies between.
 */
export async function openPcsc(address: PcscAddress): Promise<Result<Transport, TransportError>> {
  const found = await findReaders((name) => address.reader !== null && name === address.reader);
  if (!found.ok) return found;
  const { client, library, readers } = found.value;
  const names = [...readers.keys()];
  const name = matchReader(address.reader, names);
  const known = name === null ? undefined : readers.get(name);
  if (name === null || !known) {
    stop(client);
    const list = names.length === 0 ? 'no chip card reader is plugged in' : `there are: ${names.join(', ')}`;
    return err(transportError('not-found', `no reader ${address.reader ?? ''}; ${list}`.replace('  ', ' ')));
  }
  return ok(new PcscTransport(formatAddress({ scheme: 'pcsc', reader: name }), library, client, known));
}

/** A reader and what PC/SC said of it last. */
interface KnownReader {
  readonly reader: PcscLibrary.Reader;
  flags: PcscLibrary.ReaderStatusFlags | null;
}

interface FoundReaders {
  readonly library: typeof PcscLibrary;
  readonly client: PcscLibrary.Client;
  readonly readers: ReadonlyMap<string, KnownReader>;
}

/** Starts to listen to the service and collects its readers, until `enough` or time is up. */
async function findReaders(enough: (name: string) => boolean): Promise<Result<FoundReaders, TransportError>> {
  const library = await loadPcsc();
  if (!library.ok) return library;
  const readers = new Map<string, KnownReader>();
  let client: PcscLibrary.Client;
  try {
    client = new library.value.Client();
  } catch (error) {
    return err(serviceError(error));
  }
  let failure: TransportError | null = null;
  await new Promise<void>((resolve) => {
    let timer = setTimeout(resolve, READERS_MS);
    const soon = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(resolve, ms);
    };
    client.on('error', (error) => {
      failure ??= serviceError(error);
      soon(0);
    });
    client.on('reader', (reader) => {
      const known: KnownReader = { reader, flags: null };
      readers.set(reader.name(), known);
      reader.on('change', (flags) => {
        known.flags = flags;
      });
      reader.on('disconnect', () => readers.delete(reader.name()));
      soon(enough(reader.name()) ? 0 : OTHERS_MS);
    });
    try {
      client.start();
    } catch (error) {
      failure = serviceError(error);
      soon(0);
    }
  });
  if (failure) {
    stop(client);
    return err(failure);
  }
  return ok({ library: library.value, client, readers });
}

function stop(client: PcscLibrary.Client): void {
  client.removeAllListeners();
  // An error without a listener would be thrown.
  client.on('error', () => undefined);
  try {
    client.stop();
  } catch {
    // Stopped already, or the service is gone: nothing is left to be released.
  }
}

class PcscTransport implements Transport {
  readonly kind = 'reports';
  readonly address: string;
  readonly baud = null;
  readonly #core = new TransportCore();
  readonly #library: typeof PcscLibrary;
  readonly #client: PcscLibrary.Client;
  readonly #known: KnownReader;
  #present: boolean;
  #card: Card | null = null;
  /** Commands go to the card one after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor(address: string, library: typeof PcscLibrary, client: PcscLibrary.Client, known: KnownReader) {
    this.address = address;
    this.#library = library;
    this.#client = client;
    this.#known = known;
    this.#present = this.#isPresent();
    known.reader.on('change', () => this.#look());
    known.reader.on('disconnect', () => this.#lose(transportError('lost', 'the reader was unplugged')));
    client.on('error', (error) => this.#lose(transportError('lost', serviceError(error).detail)));
  }

  onData: Transport['onData'] = (listener) => this.#core.onData(listener);
  onClosed: Transport['onClosed'] = (listener) => this.#core.onClosed(listener);

  async write(bytes: Uint8Array): Promise<Result<void, TransportError>> {
    if (this.#core.closed) return err(this.#core.closeError ?? transportError('lost', 'the reader is closed'));
    const command = decodeCcidCommand(bytes);
    if (!command.ok) return err(transportError('io', 'not a CCID command'));
    const { type, sequence, data } = command.value;
    if (type === CCID.slotStatus) {
      // Nothing of the card is asked, so this need not wait for one that is slow.
      queueMicrotask(() => this.#answer(CCID.slotStatusAnswer, sequence, null));
      return ok(undefined);
    }
    this.#work = this.#work.then(() => this.#run(type, sequence, data));
    return ok(undefined);
  }

  async close(): Promise<void> {
    this.#core.end(null);
    await this.#release();
  }

  /** Never rejects. */
  async #run(type: number, sequence: number, data: Uint8Array): Promise<void> {
    if (this.#core.closed) return;
    const { CardDisposition, CardMode } = this.#library;
    try {
      switch (type) {
        case CCID.powerOn: {
          await this.#disconnect();
          const card = await this.#known.reader.connect(CardMode.SHARED);
          this.#card = card;
          const { atr } = await card.state();
          return this.#answer(CCID.dataBlock, sequence, null, atr);
        }
        case CCID.powerOff:
          await this.#disconnect();
          return this.#answer(CCID.slotStatusAnswer, sequence, null);
        case CCID.transfer: {
          if (!this.#card) return this.#answer(CCID.dataBlock, sequence, CCID_ERROR.mute);
          return this.#answer(CCID.dataBlock, sequence, null, await this.#card.transmit(data));
        }
        default:
          return this.#answer(CCID.slotStatusAnswer, sequence, CCID_ERROR.badMessage);
      }
    } catch (error) {
      const { code, gone } = cardError(error);
      if (gone) this.#setPresent(false);
      this.#answer(CCID.dataBlock, sequence, code);
      if (this.#card && type === CCID.transfer) {
        const card = this.#card;
        this.#card = null;
        await card.disconnect(CardDisposition.RESET).catch(() => undefined);
      }
    }
  }

  async #disconnect(): Promise<void> {
    const card = this.#card;
    this.#card = null;
    await card?.disconnect(this.#library.CardDisposition.UNPOWER).catch(() => undefined);
  }

  #isPresent(): boolean {
    return this.#known.flags?.has(this.#library.ReaderStatus.PRESENT) ?? false;
  }

  #look(): void {
    this.#setPresent(this.#isPresent());
  }

  #setPresent(present: boolean): void {
    if (this.#present === present) return;
    this.#present = present;
    this.#core.deliver(encodeCcidChange(present));
  }

  #answer(type: number, sequence: number, error: number | null, data: Uint8Array = new Uint8Array(0)): void {
    const card: CcidCard = !this.#present ? 'absent' : this.#card ? 'active' : 'inactive';
    this.#core.deliver(encodeCcidAnswer({ type, sequence, card, error, data: new Uint8Array(data) }));
  }

  #lose(error: TransportError): void {
    if (this.#core.end(error)) void this.#release();
  }

  async #release(): Promise<void> {
    stop(this.#client);
    await this.#disconnect();
  }
}

/** Code of an error of PC/SC, as the library names it. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function serviceError(error: unknown): TransportError {
  const code = codeOf(error);
  const text = `the PC/SC service does not answer (${code || messageOf(error)})`;
  return transportError('unreachable', text);
}

/** What an error while working with a card means to the driver. */
function cardError(error: unknown): { readonly code: number; readonly gone: boolean } {
  switch (codeOf(error)) {
    case 'NoSmartCard':
    case 'RemovedCard':
      return { code: CCID_ERROR.mute, gone: true };
    case 'SharingViolation':
      return { code: CCID_ERROR.busy, gone: false };
    case 'UnresponsiveCard':
    case 'UnpoweredCard':
    case 'ResetCard':
    case 'ProtoMismatch':
      return { code: CCID_ERROR.mute, gone: false };
    default:
      return { code: CCID_ERROR.hardware, gone: false };
  }
}

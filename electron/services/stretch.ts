import { Worker } from 'node:worker_threads';

/** Cost of a key derivation by scrypt (RFC 7914): `N` a power of two, memory 128 * N * r bytes. */
export interface StretchCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** More memory than this no derivation may ask for, in bytes. */
const MAX_MEMORY = 128 * 1024 * 1024;

/** Whether scrypt knows this cost, and it stays within 128 MiB. */
export function isStretchCost({ N, r, p }: StretchCost): boolean {
  return N > 1 && Number.isInteger(Math.log2(N)) && r > 0 && p > 0 && 128 * r * (N + 2 + p) <= MAX_MEMORY;
}
/** What a slow kiosk takes for one, many times over, in milliseconds. */
const DEADLINE_MS = 20_000;

/** What the thread does; it has no file of its own, so that it runs from sources and from a build alike. */
const THREAD = `
const { parentPort, workerData: { text, salt, length, cost } } = require('node:worker_threads');
parentPort.postMessage(require('node:crypto').scryptSync(text, salt, length, cost));
`;

/**
 * Derives `length` bytes from a text that people know, by scrypt, in a thread of its own: Node's asynchronous `scrypt` checks
 * its cost by a call that OpenSSL answers at once, but BoringSSL, which Electron is built with, computes to the end. With it the
 * main process stood still for 60 to 110 ms a PIN.
 * @throws RangeError for a cost that is none (`isStretchCost`), or when the thread fails or takes longer than 20 s
 */
export async function stretch(text: string, salt: Uint8Array, length: number, cost: StretchCost): Promise<Uint8Array> {
  if (!isStretchCost(cost)) throw new RangeError(`scrypt: no cost: ${JSON.stringify(cost)}`);
  const thread = new Worker(THREAD, {
    eval: true,
    workerData: { text, salt, length, cost: { ...cost, maxmem: MAX_MEMORY } },
  });
  let late: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      const fail = (why: string): void => reject(new RangeError(`scrypt: ${why}`));
      late = setTimeout(() => fail('no answer'), DEADLINE_MS);
      thread.once('message', resolve);
      thread.once('error', (cause) => fail(String(cause)));
      thread.once('exit', (code) => fail(`thread ended with ${code}`));
    });
  } finally {
    clearTimeout(late);
    await thread.terminate();
  }
}

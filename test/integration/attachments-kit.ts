import { createHash, randomBytes } from 'node:crypto';
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { CasePayload } from '../../electron/domain/case.ts';
import { FileSeal } from '../../electron/services/attachment-seal.ts';
import { newId } from '../../electron/services/ids.ts';
import type { AttachmentFiles, NewAttachment, NewCase, SealingKey } from '../../electron/services/ports.ts';
import { hpkeSealer } from '../../electron/sync/sealer.ts';
import { systemClock, systemRandom } from '../../native/transport/system-clock.ts';
import type { HeldFile } from '../platform/attachments.ts';
import { SAMPLE_VALUES } from '../platform/samples.ts';

/** No wait at all between tries: jitter is a share of nothing. Ids are made by the other one. */
export const IMPATIENT = { bytes: (length: number): Uint8Array => new Uint8Array(length) };

/** A case with files, as the services hand it to the store, and the plain bytes of each file. */
export interface MadeCase {
  readonly entry: NewCase;
  readonly plain: ReadonlyMap<string, Uint8Array>;
}

/** Seals and writes files and their case as the product does. @param sizes plain bytes of each file */
export async function makeCase(files: AttachmentFiles, key: SealingKey, sizes: readonly number[]): Promise<MadeCase> {
  const ids = { clock: systemClock, random: systemRandom };
  const caseId = newId(ids);
  const payload: CasePayload = {
    schema: 'hall24.case/1',
    caseId,
    itemId: 'sample-instant',
    itemVersion: 1,
    itemCode: '11990001MB9900001X4000100100001',
    language: 'zh-CN',
    applicant: { kind: 'enterprise', name: '林测夏', idType: 'resident', idNumber: '990001199001010024' },
    values: SAMPLE_VALUES,
  };
  const plain = new Map<string, Uint8Array>();
  const attachments: NewAttachment[] = [];
  for (const size of sizes) {
    const attachmentId = newId(ids);
    const bytes = new Uint8Array(randomBytes(size));
    plain.set(attachmentId, bytes);
    const seal = new FileSeal({ attachmentId, type: 'image/jpeg', size }, systemRandom);
    const writer = must(await files.begin(attachmentId));
    for (let at = 0; !seal.complete;) {
      const chunk = bytes.slice(at, at + seal.wanted);
      at += chunk.length;
      must(await writer.append(seal.seal(chunk)));
    }
    const written = must(await writer.finish());
    const envelope = await seal.envelope(hpkeSealer, key, caseId);
    attachments.push({ attachmentId, actId: newId(ids), slot: 'contract', envelope, ...written });
  }
  const text = new TextEncoder().encode(JSON.stringify(payload));
  const entry: NewCase = {
    caseId,
    submissionId: newId(ids),
    actId: newId(ids),
    kioskCode: 'CH03',
    localDate: '2026-03-18',
    itemId: payload.itemId,
    itemVersion: 1,
    itemCode: payload.itemCode,
    itemName: { 'zh-CN': '样例', en: 'Sample' },
    language: 'zh-CN',
    keptAt: Date.now(),
    envelope: await hpkeSealer.seal(key, text, `case:${caseId}:1`),
    applicantMasked: '林*夏',
    ...(attachments.length === 0 ? {} : { attachments }),
  };
  return { entry, plain };
}

/** How many of the files the platform holds exactly once and byte for byte. */
export function heldRight(cases: readonly MadeCase[], held: readonly HeldFile[]): number {
  let right = 0;
  for (const { entry, plain } of cases) {
    for (const [attachmentId, bytes] of plain) {
      const same = held.filter((file) => file.attachmentId === attachmentId && file.caseId === entry.caseId);
      if (same.length === 1 && same[0]?.plain && Buffer.compare(same[0].plain, bytes) === 0) right += 1;
    }
  }
  return right;
}

export function must<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Waits until something holds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not come true within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * A line to the platform that counts the bytes of chunks and breaks where it is told: in a chunk's body after so many bytes,
 * or once all of it went through, before the answer comes back.
 */
export class Line {
  readonly #port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Where the next chunks break, one each; `null` lets one through. */
  readonly breaks: (number | 'answer' | null)[] = [];
  /** Bytes of chunks that the kiosk put on the line, chunks begun, breaks made. */
  bytes = 0;
  chunks = 0;
  broken = 0;

  constructor(platformUrl: string) {
    this.#port = Number(new URL(platformUrl).port);
    this.#server = createServer((socket) => this.#carry(socket));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks every connection. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.cutAll();
    await closed;
  }

  #carry(kiosk: Socket): void {
    const platform = connect(this.#port, '127.0.0.1');
    const end = (): void => {
      kiosk.destroy();
      platform.destroy();
      this.#sockets.delete(kiosk);
    };
    this.#sockets.add(kiosk);
    for (const socket of [kiosk, platform]) {
      socket.on('error', () => undefined);
      socket.on('close', end);
    }
    let head = Buffer.alloc(0);
    /** Bytes of the body under way that are still to come, and where this one breaks. */
    let left = 0;
    let counts = false;
    let breakAt: number | null = null;
    let onAnswer = false;
    platform.on('data', (bytes) => {
      if (onAnswer) {
        this.broken += 1;
        end();
      } else kiosk.write(bytes);
    });
    kiosk.on('data', (bytes: Buffer) => {
      for (let rest = bytes; rest.length > 0;) {
        if (left > 0) {
          const part = rest.subarray(0, left);
          rest = rest.subarray(part.length);
          left -= part.length;
          if (counts) this.bytes += part.length;
          if (breakAt !== null && part.length >= breakAt) {
            platform.write(part.subarray(0, breakAt));
            this.broken += 1;
            return end();
          }
          if (breakAt !== null) breakAt -= part.length;
          platform.write(part);
          continue;
        }
        head = Buffer.concat([head, rest]);
        const at = head.indexOf('\r\n\r\n');
        if (at === -1) return;
        const text = head.subarray(0, at).toString('latin1');
        rest = head.subarray(at + 4);
        platform.write(head.subarray(0, at + 4));
        head = Buffer.alloc(0);
        left = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
        counts = text.startsWith('PATCH ');
        if (!counts) continue;
        this.chunks += 1;
        const where = this.breaks.shift() ?? null;
        onAnswer = where === 'answer';
        breakAt = typeof where === 'number' ? Math.min(where, left) : null;
        if (breakAt === 0) {
          this.broken += 1;
          return end();
        }
      }
    });
  }
}

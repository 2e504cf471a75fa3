import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { CasePayload } from '../../electron/domain/case.ts';
import type { FieldKind, FormField, ItemPack } from '../../electron/domain/item-pack.ts';
import { attachmentAad, chunkAad, chunksOf, PLAIN_CHUNK_BYTES } from '../../electron/domain/attachment.ts';
import type { AttachmentManifest, AttachmentSecret } from '../../electron/platform-api/attachments.ts';
import { caseKey } from '../../electron/platform-api/canonical.ts';
import type { SealingKey } from '../../electron/platform-api/envelope.ts';
import type { CaseSubmission } from '../../electron/platform-api/messages.ts';
import { envelopeSha256, sealFor } from './seal-key.ts';

/** Small item packs for the platform's own tests: one of each kind of decision and result. */
export const SAMPLE_ITEMS: readonly ItemPack[] = [
  samplePack('sample-instant', 'instant', 'record'),
  samplePack('sample-office', 'office', 'record'),
  samplePack('sample-opening', 'office', 'seal-in-locker'),
];

/** Answers that the form of every sample pack takes. */
export const SAMPLE_VALUES = { 'company-name': '测试山月小吃店', phone: '13800000024' } as const;

function samplePack(id: string, decision: ItemPack['decision'], result: ItemPack['result']): ItemPack {
  const name = { 'zh-CN': `样例 ${id}`, en: `Sample ${id}` };
  return {
    id,
    version: 1,
    code: '11990001MB9900001X4000100100001',
    name,
    summary: name,
    department: name,
    applicant: 'enterprise',
    keywords: [],
    lifeEvents: [],
    decision,
    guide: {
      fee: name,
      timeLimit: name,
      effort: name,
      who: name,
      notHere: [],
      materials: [],
      steps: [],
      legalBasis: [],
    },
    form: { groups: [{ id: 'all', title: name, fields: [field('company-name', 'text'), field('phone', 'phone')] }] },
    result,
  };
}

function field(id: string, kind: FieldKind): FormField {
  const text = { 'zh-CN': `字段 ${id}`, en: `Field ${id}` };
  return { id, kind, question: text, label: text, help: text, required: true };
}

export interface SampleCase {
  readonly key: string;
  readonly submission: CaseSubmission;
  readonly payload: CasePayload;
  readonly files: readonly SampleFile[];
}

/** A file of a sample case, plain and sealed. */
export interface SampleFile {
  readonly manifest: AttachmentManifest;
  readonly plain: Uint8Array;
  readonly sealed: Uint8Array;
}

/** A submission as a kiosk sends it, sealed. Every one has an id of its own. */
export async function sampleCase(
  sealTo: SealingKey,
  itemId: string,
  change: {
    readonly kioskCode?: string;
    readonly values?: Readonly<Record<string, string>>;
    readonly itemVersion?: number;
    readonly sequence?: number;
    readonly keptAt?: string;
    /** Plain sizes of its files in bytes. */
    readonly files?: readonly number[];
  } = {},
): Promise<SampleCase> {
  const caseId = uuidv7();
  const sequence = change.sequence ?? 1;
  const key = caseKey(caseId, sequence);
  const payload: CasePayload = {
    schema: 'hall24.case/1',
    caseId,
    itemId,
    itemVersion: change.itemVersion ?? 1,
    itemCode: '11990001MB9900001X4000100100001',
    language: 'zh-CN',
    applicant: { kind: 'enterprise', name: '林测夏', idType: 'resident', idNumber: '990001199001010024' },
    values: change.values ?? SAMPLE_VALUES,
  };
  const envelope = await sealFor(sealTo, new TextEncoder().encode(JSON.stringify(payload)), key);
  const files = await Promise.all((change.files ?? []).map((size) => sampleFile(sealTo, caseId, size)));
  const submission: CaseSubmission = {
    caseId,
    trackingNumber: `CH03 260318 ${caseId.slice(-4)} 1`,
    kioskCode: change.kioskCode ?? 'CH03',
    itemId,
    itemVersion: payload.itemVersion,
    itemCode: payload.itemCode,
    language: payload.language,
    sequence,
    keptAt: change.keptAt ?? '2026-03-18T02:14:06.908Z',
    sha256: envelopeSha256(envelope),
    envelope,
    ...(files.length === 0 ? {} : { attachments: files.map(({ manifest }) => manifest) }),
  };
  return { key, submission, payload, files };
}

/** A file of random bytes as a kiosk seals it. @param size plain bytes */
export async function sampleFile(sealTo: SealingKey, caseId: string, size: number): Promise<SampleFile> {
  const attachmentId = uuidv7();
  const plain = new Uint8Array(randomBytes(size));
  const key = randomBytes(32);
  const count = chunksOf(size);
  const parts: Buffer[] = [];
  for (let index = 0; index < count; index += 1) {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(index, 8);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(Buffer.from(chunkAad(attachmentId, index, count)));
    parts.push(cipher.update(plain.subarray(index * PLAIN_CHUNK_BYTES, (index + 1) * PLAIN_CHUNK_BYTES)));
    parts.push(cipher.final(), cipher.getAuthTag());
  }
  const sealed = new Uint8Array(Buffer.concat(parts));
  const secret: AttachmentSecret = {
    schema: 'hall24.attachment/1',
    attachmentId,
    key: key.toString('base64url'),
    type: 'image/jpeg',
    size,
    sha256: createHash('sha256').update(plain).digest('hex'),
  };
  const text = new TextEncoder().encode(JSON.stringify(secret));
  const envelope = await sealFor(sealTo, text, attachmentAad(caseId, attachmentId));
  const sha256 = createHash('sha256').update(sealed).digest('hex');
  return { manifest: { attachmentId, slot: 'contract', size: sealed.length, sha256, envelope }, plain, sealed };
}

import { createHash, createPublicKey, verify } from 'node:crypto';
import nodeFs from 'node:fs';
import { join, relative, sep } from 'node:path';
import { err, ok } from '../../native/model/result.ts';
import type { Result } from '../../native/model/result.ts';

/** Name of the manifest, in the resources folder of a packed build. */
export const MANIFEST_NAME = 'manifest.json';

/** What the signature covers: every file of the build but the manifest, named from the build's folder with `/`. */
export interface ManifestPayload {
  readonly format: 1;
  readonly files: Readonly<Record<string, { readonly size: number; readonly sha256: string }>>;
}

/** The file: the payload as the very text that was signed, and its Ed25519 signature in base64. */
export interface SignedManifest {
  readonly payload: string;
  readonly signature: string;
}

/** Why a build is not to be trusted. `file` is named from the build's folder. */
export type ManifestFault =
  | { readonly code: 'manifest-missing' }
  | { readonly code: 'manifest-unreadable' }
  | { readonly code: 'signature-wrong' }
  | { readonly code: 'file-missing'; readonly file: string }
  | { readonly code: 'file-changed'; readonly file: string }
  | { readonly code: 'file-unlisted'; readonly file: string };

/**
 * The file system to look at. In Electron this must be `original-fs`: the patched `fs` shows an asar archive as a
 * folder and hides the bytes that are to be checked.
 */
export type ManifestFileSystem = Pick<typeof nodeFs, 'createReadStream' | 'promises'>;

/** How many files are read at once. */
const READERS = 4;

/**
 * Checks that a packed build is the one that was signed: no file changed, missing or added.
 * Electron does not check its archive on Linux, so the start does this before it shows anything.
 * @param resourcesPath the build's resources folder (`process.resourcesPath`)
 * @param publicKeyPem Ed25519 key in SPKI PEM form, compiled into the main process
 */
export async function verifyManifest(
  resourcesPath: string,
  publicKeyPem: string,
  fs: ManifestFileSystem = nodeFs,
): Promise<Result<{ readonly files: number }, ManifestFault>> {
  const folder = join(resourcesPath, '..');
  const manifestPath = join(resourcesPath, MANIFEST_NAME);
  let text: string;
  try {
    text = await fs.promises.readFile(manifestPath, 'utf8');
  } catch {
    return err({ code: 'manifest-missing' });
  }
  const payload = readSigned(text, publicKeyPem);
  if (!payload.ok) return payload;
  const listed = payload.value.files;
  const present = await listFiles(folder, fs);
  const own = relative(folder, manifestPath).split(sep).join('/');
  const unlisted = present.find((file) => file !== own && !Object.hasOwn(listed, file));
  if (unlisted !== undefined) return err({ code: 'file-unlisted', file: unlisted });
  const fault = await firstFault(Object.entries(listed), READERS, async ([file, expected]) => {
    if (!present.includes(file)) return { code: 'file-missing', file };
    const found = await digestFile(join(folder, file), fs);
    return found?.sha256 === expected.sha256 && found.size === expected.size
      ? undefined
      : { code: 'file-changed', file };
  });
  return fault === undefined ? ok({ files: present.length - 1 }) : err(fault);
}

function readSigned(text: string, publicKeyPem: string): Result<ManifestPayload, ManifestFault> {
  try {
    const manifest = JSON.parse(text) as Partial<SignedManifest>;
    if (typeof manifest.payload !== 'string' || typeof manifest.signature !== 'string') {
      return err({ code: 'manifest-unreadable' });
    }
    const key = createPublicKey(publicKeyPem);
    if (!verify(null, Buffer.from(manifest.payload), key, Buffer.from(manifest.signature, 'base64'))) {
      return err({ code: 'signature-wrong' });
    }
    const payload = JSON.parse(manifest.payload) as ManifestPayload;
    return payload.format === 1 ? ok(payload) : err({ code: 'manifest-unreadable' });
  } catch {
    return err({ code: 'manifest-unreadable' });
  }
}

/** All files below a folder, named from it with `/`. Anything that is neither file nor folder counts as a file. */
export async function listFiles(folder: string, fs: ManifestFileSystem = nodeFs, below = ''): Promise<string[]> {
  const entries = await fs.promises.readdir(join(folder, below), { withFileTypes: true });
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? listFiles(folder, fs, name) : [name];
    }),
  );
  return lists.flat().sort();
}

/** Size and SHA-256 (hex) of a file; undefined when it cannot be read. */
export async function digestFile(
  path: string,
  fs: ManifestFileSystem = nodeFs,
): Promise<{ size: number; sha256: string } | undefined> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    if (!(await fs.promises.lstat(path)).isFile()) return undefined;
    for await (const chunk of fs.createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
    }
  } catch {
    return undefined;
  }
  return { size, sha256: hash.digest('hex') };
}

/** Looks at all items, a few at a time, and returns the first fault that turns up. */
async function firstFault<T>(
  items: readonly T[],
  readers: number,
  look: (item: T) => Promise<ManifestFault | undefined>,
): Promise<ManifestFault | undefined> {
  let next = 0;
  let fault: ManifestFault | undefined;
  const reader = async (): Promise<void> => {
    while (fault === undefined) {
      const item = items[next];
      if (item === undefined) return;
      next += 1;
      fault = (await look(item)) ?? fault;
    }
  };
  await Promise.all(Array.from({ length: readers }, reader));
  return fault;
}

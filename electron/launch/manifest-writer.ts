import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_NAME, digestFile, listFiles } from '../shell/manifest.ts';
import type { ManifestPayload, SignedManifest } from '../shell/manifest.ts';
import { LaunchError } from './progress.ts';

/** The key of one pack, and its public half as PEM for the main process. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicPem: string;
}

/**
 * The Ed25519 key that signs a pack: the PEM in HALL24_SIGNING_KEY, or the PEM file it names, or a fresh key that is
 * forgotten after the pack.
 */
export async function signingKey(env: NodeJS.ProcessEnv = process.env): Promise<SigningKey> {
  const given = env['HALL24_SIGNING_KEY'];
  if (given === undefined || given === '') {
    return describe(generateKeyPairSync('ed25519').privateKey);
  }
  try {
    const key = createPrivateKey(existsSync(given) ? await readFile(given) : given);
    if (key.asymmetricKeyType === 'ed25519') return describe(key);
  } catch {
    // Told below: neither the text nor the file is a key.
  }
  throw new LaunchError('HALL24_SIGNING_KEY is neither an Ed25519 private key in PEM form nor the path of one.');
}

function describe(privateKey: KeyObject): SigningKey {
  return { privateKey, publicPem: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string };
}

/** Writes the signed list of all files of a packed build into its resources folder. */
export async function writeManifest(folder: string, key: SigningKey): Promise<void> {
  const own = `resources/${MANIFEST_NAME}`;
  const files: Record<string, { size: number; sha256: string }> = {};
  for (const file of await listFiles(folder)) {
    if (file === own) continue;
    const digest = await digestFile(join(folder, file));
    if (digest === undefined) throw new LaunchError(`Cannot read ${file} of the packed build, or it is no plain file.`);
    files[file] = digest;
  }
  const content: ManifestPayload = { format: 1, files };
  const payload = JSON.stringify(content);
  const signature = sign(null, Buffer.from(payload), key.privateKey).toString('base64');
  const manifest: SignedManifest = { payload, signature };
  await writeFile(join(folder, own), `${JSON.stringify(manifest)}\n`);
}

import { mkdtemp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signingKey, writeManifest } from '../launch/manifest-writer.ts';
import type { SigningKey } from '../launch/manifest-writer.ts';
import { verifyManifest } from './manifest.ts';

describe('signed manifest of a packed build', () => {
  let folder: string;
  let key: SigningKey;
  const at = (...names: string[]): string => join(folder, ...names);
  const verify = (): ReturnType<typeof verifyManifest> => verifyManifest(at('resources'), key.publicPem);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hall24-manifest-'));
    key = await signingKey({});
    await mkdir(at('resources', 'app.asar.unpacked', 'node_modules'), { recursive: true });
    await writeFile(at('hall24'), 'the executable');
    await writeFile(at('resources', 'app.asar'), 'the archive');
    await writeFile(at('resources', 'app.asar.unpacked', 'node_modules', 'a.node'), 'native code');
    await writeManifest(folder, key);
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('holds for the build as it was signed', async () => {
    expect(await verify()).toEqual({ ok: true, value: { files: 3 } });
  });

  it.each(['hall24', 'resources/app.asar', 'resources/app.asar.unpacked/node_modules/a.node'])(
    'finds one changed bit in %s',
    async (file) => {
      const bytes = await readFile(at(file));
      bytes[3] = (bytes[3] ?? 0) ^ 1;
      await writeFile(at(file), bytes);
      expect(await verify()).toEqual({ ok: false, error: { code: 'file-changed', file } });
    },
  );

  it('finds a removed file', async () => {
    await rm(at('resources', 'app.asar'));
    expect(await verify()).toEqual({ ok: false, error: { code: 'file-missing', file: 'resources/app.asar' } });
  });

  it('finds an added file, also one that would shadow the archive', async () => {
    await mkdir(at('resources', 'app'));
    await writeFile(at('resources', 'app', 'main.js'), 'foreign');
    expect(await verify()).toEqual({ ok: false, error: { code: 'file-unlisted', file: 'resources/app/main.js' } });
  });

  it('takes no link for a file, even if it leads to the right bytes', async () => {
    await rename(at('resources', 'app.asar'), join(folder, '..', 'hall24-elsewhere.asar'));
    await symlink(join(folder, '..', 'hall24-elsewhere.asar'), at('resources', 'app.asar'));
    expect(await verify()).toEqual({ ok: false, error: { code: 'file-changed', file: 'resources/app.asar' } });
    await rm(join(folder, '..', 'hall24-elsewhere.asar'));
  });

  it('refuses a list signed by somebody else', async () => {
    await writeFile(at('resources', 'app.asar'), 'another archive');
    await writeManifest(folder, await signingKey({}));
    expect(await verify()).toEqual({ ok: false, error: { code: 'signature-wrong' } });
  });

  it('refuses a list that was changed after signing', async () => {
    const path = at('resources', 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as { payload: string; signature: string };
    await writeFile(path, JSON.stringify({ ...manifest, payload: manifest.payload.replace('"size":11', '"size":12') }));
    expect(await verify()).toEqual({ ok: false, error: { code: 'signature-wrong' } });
  });

  it('refuses a build without a list', async () => {
    await rm(at('resources', 'manifest.json'));
    expect(await verify()).toEqual({ ok: false, error: { code: 'manifest-missing' } });
  });

  it.each(['', 'not JSON', '{}', '{"payload":1,"signature":"x"}', 'null'])(
    'refuses the unreadable list %j',
    async (text) => {
      await writeFile(at('resources', 'manifest.json'), text);
      expect(await verify()).toEqual({ ok: false, error: { code: 'manifest-unreadable' } });
    },
  );

  it('refuses everything when the key compiled in is no key', async () => {
    expect(await verifyManifest(at('resources'), '')).toEqual({ ok: false, error: { code: 'manifest-unreadable' } });
  });

  it('signs with the key in HALL24_SIGNING_KEY, as text or as a file', async () => {
    const pem = key.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    await writeFile(at('key.pem'), pem);
    expect((await signingKey({ HALL24_SIGNING_KEY: pem })).publicPem).toBe(key.publicPem);
    expect((await signingKey({ HALL24_SIGNING_KEY: at('key.pem') })).publicPem).toBe(key.publicPem);
    await expect(signingKey({ HALL24_SIGNING_KEY: at('nothing.pem') })).rejects.toThrow('neither an Ed25519');
  });
});

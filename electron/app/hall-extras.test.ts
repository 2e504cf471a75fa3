import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogPort } from '../services/ports.ts';
import { loadHallExtras } from './hall-extras.ts';

const ASSETS = join(import.meta.dirname, '..', '..', 'assets');
const MANIFEST = { format: 1, tag: 'ug', name: 'ئۇيغۇرچە', direction: 'rtl', script: 'horizontal', fallback: 'zh-CN' };

describe('what a hall adds', () => {
  let hall: string;
  let said: string[];
  const event: LogPort['event'] = (_level, name, detail) => {
    said.push(`${name} ${JSON.stringify(detail)}`);
  };
  const log: LogPort = { event, tail: () => [] };
  beforeEach(async () => {
    hall = await mkdtemp(join(tmpdir(), 'h24-hall-'));
    said = [];
  });
  afterEach(() => rm(hall, { recursive: true, force: true }));
  const pack = async (name: string, manifest: object, ui: object): Promise<void> => {
    const folder = join(hall, 'locales', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    await writeFile(join(folder, 'ui.json'), JSON.stringify(ui));
  };

  it('is nothing at first', async () => {
    const extras = await loadHallExtras(hall, ASSETS, log);
    expect(extras.locales).toEqual([]);
    expect(await extras.clip('guide')).toBeNull();
  });

  it('is a language with whatever texts it has', async () => {
    await pack('ug', MANIFEST, { dock: { back: 'قايتىش' } });
    const [ug] = (await loadHallExtras(hall, ASSETS, log)).locales;
    expect(ug?.manifest).toMatchObject({ tag: 'ug', direction: 'rtl', fallback: 'zh-CN' });
    expect(ug?.texts['ui']).toEqual({ dock: { back: 'قايتىش' } });
  });

  it.each([
    ['a text that no screen shows', MANIFEST, { dock: { backwards: 'x' } }],
    ['a value that the text does not have', MANIFEST, { timeout: { left: '{{seconds}}' } }],
    ['another format', { ...MANIFEST, format: 2 }, {}],
    ['no direction', { ...MANIFEST, direction: 'up' }, {}],
    ['a text that is no text', MANIFEST, { dock: { back: 7 } }],
    ['a tag that is a path', { ...MANIFEST, tag: '../x' }, {}],
  ])('does not keep the kiosk closed: %s', async (_, manifest, ui) => {
    await pack('bad', manifest, ui);
    expect((await loadHallExtras(hall, ASSETS, log)).locales).toEqual([]);
    expect(said.join()).toContain('locale-pack-refused {"pack":"bad"');
  });

  it('is refused with a font that is none', async () => {
    await pack('ug', MANIFEST, { dock: { back: 'قايتىش' } });
    const font = join(hall, 'locales', 'ug', 'font.woff2');
    await writeFile(font, 'no font');
    expect((await loadHallExtras(hall, ASSETS, log)).locales).toEqual([]);
    await writeFile(font, 'wOF2 and so on');
    expect((await loadHallExtras(hall, ASSETS, log)).locales[0]?.font).toHaveLength(14);
  });

  it('is a clip by the name of its step, and no other file', async () => {
    await mkdir(join(hall, 'sign'));
    await writeFile(join(hall, 'sign', 'guide.webm'), 'clip');
    await writeFile(join(hall, 'sign', 'notes.txt'), 'x');
    const extras = await loadHallExtras(hall, ASSETS, log);
    expect(extras.clips).toEqual(['guide']);
    expect(await extras.clip('guide')).toMatchObject({ type: 'video/webm' });
    expect(await extras.clip('../../config/kiosk.1')).toBeNull();
  });
});

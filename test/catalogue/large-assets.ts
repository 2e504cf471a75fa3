import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedItems } from './generated.ts';

/**
 * An assets folder with the real items and `count` made ones, at `dir`; everything but the catalogue is that of `assets`.
 * Its version is higher than the shipped one's.
 */
export async function largeAssets(assets: string, dir: string, count = 5000): Promise<string> {
  await mkdir(join(dir, 'catalogue'), { recursive: true });
  for (const entry of await readdir(assets)) {
    if (entry !== 'catalogue') await symlink(join(assets, entry), join(dir, entry));
  }
  await cp(join(assets, 'catalogue', 'items'), join(dir, 'catalogue', 'items'), { recursive: true });
  const index = JSON.parse(await readFile(join(assets, 'catalogue', 'catalogue.json'), 'utf8')) as {
    version: number;
    items: string[];
  };
  const made = generatedItems(count);
  for (const item of made) {
    await writeFile(join(dir, 'catalogue', 'items', `${item.id}.json`), JSON.stringify(item));
  }
  const items = [...index.items, ...made.map(({ id }) => `items/${id}.json`)];
  await writeFile(
    join(dir, 'catalogue', 'catalogue.json'),
    JSON.stringify({ ...index, version: index.version + 1, items }),
  );
  return dir;
}

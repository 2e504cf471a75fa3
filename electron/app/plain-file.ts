import { readFile, stat } from 'node:fs/promises';

/**
 * Reads a text file. Rejects with what the file system says, and where there is no file but a folder, pipe or device: those
 * might never end.
 */
export async function readPlainFile(path: string): Promise<string> {
  if (!(await stat(path)).isFile()) throw new Error('not a file');
  return readFile(path, 'utf8');
}

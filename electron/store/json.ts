/**
 * Reads JSON that was written here. A text that was damaged since gives `fallback`: one bad row must not stop the
 * others from being served.
 */
export function readJson<T>(text: string, fallback: T): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    return fallback;
  }
}

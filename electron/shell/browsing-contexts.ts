import { session, type Session } from 'electron';

/** A memory-only browsing context: at most one page lives in it, and it is emptied before the next one may. */
export interface BrowsingContext {
  readonly partition: string;
  readonly session: Session;
}

/**
 * Hands out browsing contexts. Electron never frees a session (half a megabyte each, measured), so a kiosk that made a
 * new one for each of thousands of visits would grow: few take turns, and each is emptied in between.
 */
export class BrowsingContexts {
  readonly #prepare: (session: Session) => void;
  readonly #free: BrowsingContext[] = [];
  #made = 0;

  /** @param prepare locks a new session and teaches it to serve the page */
  constructor(prepare: (session: Session) => void) {
    this.#prepare = prepare;
  }

  /** A context without a page. */
  take(): BrowsingContext {
    const known = this.#free.shift();
    if (known) return known;
    this.#made += 1;
    // Without `persist:` nothing of it is ever written to the disk.
    const partition = `visit-${this.#made}`;
    const own = session.fromPartition(partition, { cache: false });
    this.#prepare(own);
    return { partition, session: own };
  }

  /** Empties a context whose page is gone. One that cannot be emptied is never used again. */
  async giveBack(context: BrowsingContext): Promise<boolean> {
    const { session: own } = context;
    try {
      await own.closeAllConnections();
      await own.clearStorageData();
      await own.clearCache();
      await own.clearCodeCaches({});
      await own.clearAuthCache();
      await own.clearHostResolverCache();
    } catch {
      return false;
    }
    this.#free.push(context);
    return true;
  }
}

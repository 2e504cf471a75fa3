/** A queue under test. Every submit is durable when its promise resolves (WAL or rollback journal, synchronous=FULL). */
export interface Contender {
  /** Puts `count` jobs into the queue by the quickest way; not measured. See `fillDatabase` of `bodies`. */
  fill(count: number, bodies: 'own' | 'same'): Promise<void>;
  /** One durable submit of 10 KB. */
  submit(): Promise<void>;
  /** Claims up to `most` jobs and completes them; gives how many. A queue without batches does one. */
  claimAndComplete(most: number): Promise<number>;
  /**
   * What it does by itself where nobody waits for it: `started` a while after an opening, `quiet` once nothing more comes.
   * Not measured with the calls; how long it took is told.
   */
  rest?(when: 'started' | 'quiet'): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a contender's database in an empty or filled folder.
 * @param rivals folder with the rivals' node_modules
 * @param rows whether a queue that knows no cases gets the case and act rows of an application beside its jobs
 */
export type OpenContender = (dir: string, rivals: string, rows: boolean) => Promise<Contender>;

/** Length of a payload in bytes. */
export const PAYLOAD_BYTES = 10_240;

/** A queue under test. Every submit is durable when its promise resolves (WAL or rollback journal, synchronous=FULL). */
export interface Contender {
  /** Puts `count` jobs into the queue by the quickest way; not measured. */
  fill(count: number): Promise<void>;
  /** One durable submit of 10 KB. */
  submit(): Promise<void>;
  /** Claims up to `most` jobs and completes them; gives how many. A queue without batches does one. */
  claimAndComplete(most: number): Promise<number>;
  close(): Promise<void>;
}

/** Opens a contender's database in an empty or filled folder. @param rivals folder with the rivals' node_modules */
export type OpenContender = (dir: string, rivals: string) => Promise<Contender>;

/** Length of a payload in bytes. */
export const PAYLOAD_BYTES = 10_240;

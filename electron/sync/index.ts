import type { ItemPack } from '../domain/item-pack.ts';
import { compactCode } from '../domain/normal-text.ts';
import type { CaseStatus, Heartbeat } from '../platform-api/messages.ts';
import type { LogPort, StorePort, SyncPort } from '../services/ports.ts';
import type { Clock, Random } from '../../native/model/clock.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { HeartbeatLoop } from './heartbeat.ts';
import { Link } from './link.ts';
import { AttachmentWorker } from './attachments.ts';
import { OutboxWorker } from './outbox-worker.ts';
import { PlatformClient, type Call, type Exchange, type RawCall } from './platform-client.ts';
import { Pulls } from './pulls.ts';

export interface SyncOptions {
  readonly store: StorePort;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LogPort;
  /** e.g. `https://platform.example:8443`; without the `/v1`. */
  readonly baseUrl: string;
  /** Empty when the kiosk lost it: then nothing is asked. */
  readonly token: string;
  readonly kioskCode: string;
  /** Version of this program. */
  readonly version: string;
  /** What is wrong with the configuration's credentials, for the heartbeat. */
  readonly settings?: NonNullable<Heartbeat['settings']>;
  /** Class and status word of each device, for the heartbeat. */
  readonly deviceReport: () => Heartbeat['devices'];
  readonly catalogueVersion: () => number;
  /** A newer catalogue came, was checked and is stored. */
  readonly onCatalogue: (version: number, items: readonly ItemPack[]) => void;
  /** Milliseconds between two heartbeats; 30,000 unless told. */
  readonly heartbeatMs?: number;
  /** Milliseconds until a whole answer must be there; 15,000 unless told. */
  readonly deadlineMs?: number;
  /** What carries requests; HTTP over the network unless told. */
  readonly exchange?: Exchange;
}

/** What its owner can do with a running sync besides the port. */
export interface RunningSync {
  /** Heartbeat and outbox at once, e.g. when the technician asks or the network card says it is back. */
  kick(): void;
  /** Ends every call and loop. Entries under way are tried again at the next start. */
  stop(): Promise<void>;
}

const HEARTBEAT_MS = 30_000;
/** A person waits for this answer, in milliseconds. */
const ASK_DEADLINE_MS = 6_000;

/** Starts everything that talks to the platform. It works on by itself until `stop`. */
export function startSync(options: SyncOptions): SyncPort & RunningSync {
  const { store, clock, random, log } = options;
  const client = new PlatformClient(options);
  const link = new Link(clock, () => heartbeat.beatNow());
  link.changes.subscribe((state) => log.event(state === 'up' ? 'info' : 'warn', `link-${state}`));

  const call: Call = async (route, input) => {
    const number = link.begin();
    const answer = await client.call(route, input);
    if (answer.ok || answer.error.kind !== 'unreachable') link.answered();
    else link.failed(number, route === 'heartbeat');
    return answer;
  };
  const raw: RawCall = async (input) => {
    const number = link.begin();
    const answer = await client.raw(input);
    // Only what speaks the upload protocol is the platform.
    if (answer.ok && answer.value.headers['tus-resumable'] !== undefined) link.answered();
    else link.failed(number, false);
    return answer;
  };
  const pulls = new Pulls({ ...options, call, now: () => clock.now() + heartbeat.clockOffset });
  const heartbeat = new HeartbeatLoop({
    ...options,
    call,
    link,
    everyMs: options.heartbeatMs ?? HEARTBEAT_MS,
    after: (answer) => {
      worker.offered(answer.batch);
      files.told(answer.attachments);
      return pulls.after(answer);
    },
  });
  const clockOffset = (): number => heartbeat.clockOffset;
  const files = new AttachmentWorker({ store, call, raw, link, clock, random, log, clockOffset });
  const onDelivered = (): void => files.wake();
  const worker = new OutboxWorker({ store, call, link, clock, random, log, clockOffset, onDelivered });

  heartbeat.start();
  worker.start();
  files.start();
  return {
    link: () => link.report(),
    linkChanges: link.changes,
    wake: () => {
      worker.wake();
      files.wake();
    },
    clockOffset: () => heartbeat.clockOffset,
    takesFiles: () => files.taken !== false,
    refreshPickups: () => pulls.refreshPickups(),
    askCase: (number) => askCase(call, number),
    kick() {
      heartbeat.beatNow();
      worker.wake();
      files.wake();
    },
    async stop() {
      await Promise.all([client.close(), heartbeat.stop(), worker.stop(), files.stop()]);
    },
  };
}

async function askCase(call: Call, number: string): Promise<Result<CaseStatus | null, 'unreachable'>> {
  const answer = await call('findCase', { parameters: { number }, deadlineMs: ASK_DEADLINE_MS });
  if (answer.ok) {
    // The status of another case, out of a cache or out of turn, is somebody else's.
    const { trackingNumber, caseNumber } = answer.value;
    const asked = compactCode(number);
    const meant = compactCode(trackingNumber) === asked || compactCode(caseNumber) === asked;
    return meant ? ok(answer.value) : err('unreachable');
  }
  if (answer.error.kind === 'refused' && answer.error.type === 'urn:hall24:not-found') return ok(null);
  return err('unreachable');
}

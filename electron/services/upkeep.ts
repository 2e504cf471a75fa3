import type { CallOutput } from '../contract/calls.ts';
import type { EvidenceVerdict } from '../domain/evidence.ts';
import type { Problem } from '../contract/problems.ts';
import { err, ok, type Result } from '../../native/model/result.ts';
import { storeProblem } from './cases.ts';
import { correctedNow, type Ports } from './kiosk.ts';
import type { KeyReport, StoreError } from './ports.ts';

/**
 * How it stands with the key that guards the credentials in the configuration. `held`: they are sealed; `lost`: some cannot
 * be opened (`closed` names them); `plain`: some stand on the disk as they are, because they could not be sealed.
 */
export interface SettingsStanding {
  readonly state: 'held' | 'lost' | 'plain';
  readonly keyId: string | null;
  /** Milliseconds since 1970; null when there is no key. */
  readonly madeAt: number | null;
  readonly closed: readonly string[];
}

/** The kiosk's own keys as the technician works on them. */
export interface KeyRoom {
  /** When the local data key was made, in milliseconds since 1970; null when there is none. */
  madeAt(): number | null;
  settings(): SettingsStanding;
  /** Guards everything, the configuration's credentials too, by new keys. */
  rotate(): Promise<Result<KeyReport, StoreError>>;
  /** Begins afresh after a key was lost; `conflict` when none is. */
  renewLost(): Promise<Result<KeyReport, StoreError>>;
}

/** Folders that a queue may be copied to, e.g. sticks that are plugged in; checked by the app. */
export interface CopyPlaces {
  /** Folders that are there now, sticks first. */
  find(): Promise<readonly string[]>;
  /** Path of a new file in that folder; null when it is no folder that can be written to. */
  fileIn(folder: string, name: string): Promise<string | null>;
}

/** A copy of a queue that another machine handed over. `at` in milliseconds since 1970. */
export interface QueueCopy {
  readonly file: string;
  readonly bytes: number;
  readonly at: number;
}

/** Copies that this machine may take over. It does so at its next start, when nobody has the store open. */
export interface TakeOverPlaces {
  /** Copies on sticks and in the hall's folder, newest first. */
  copies(): Promise<readonly QueueCopy[]>;
  /** Whether this machine has neither cases nor messages of its own. */
  isEmpty(): boolean;
  /** Name of the copy that was put by for the next start; null when none was. */
  waiting(): string | null;
  /** What became of the copy at this start; `code` says why it was refused. Null when none was put by. */
  taken(): { readonly name: string; readonly entries: number; readonly code: string | null } | null;
  /** Brings a copy here, durably, for the next start. */
  putBy(file: string): Promise<Result<void, 'full' | 'unavailable'>>;
}

/** Goes over the evidence chain while the kiosk works; null when it cannot be read. */
export type EvidenceCheck = () => Promise<EvidenceVerdict | null>;

/** After so long a key should be changed, in milliseconds: a year. */
const KEY_AGE_MS = 365 * 24 * 60 * 60_000;

type Done = Result<{ readonly done: boolean; readonly why: string | null }, Problem>;

/** What a technician does with keys, evidence and the queue as a whole. Every step is on record in the evidence chain. */
export class Upkeep {
  readonly #ports: Ports;
  readonly #keys: KeyRoom;
  readonly #places: CopyPlaces & TakeOverPlaces;
  readonly #verify: EvidenceCheck;

  constructor(ports: Ports, keys: KeyRoom, places: CopyPlaces & TakeOverPlaces, verify: EvidenceCheck) {
    this.#ports = ports;
    this.#keys = keys;
    this.#places = places;
    this.#verify = verify;
  }

  /** How it stands with keys, evidence and a hand-over. */
  async look(): Promise<Result<CallOutput<'technician.store'>, Problem>> {
    const { store } = this.#ports;
    const [keys, head, handed] = [await store.keyReport(), await store.evidenceHead(), await store.handedOver()];
    if (!keys.ok) return err(storeProblem(keys.error));
    if (!head.ok) return err(storeProblem(head.error));
    if (!handed.ok) return err(storeProblem(handed.error));
    const moment = (at: number): string => new Date(at).toISOString();
    const now = correctedNow(this.#ports);
    const age = (at: number | null): { readonly madeAt: string | null; readonly old: boolean } => ({
      madeAt: at === null ? null : moment(at),
      old: at !== null && now - at > KEY_AGE_MS,
    });
    const { state, keyId, madeAt, closed } = this.#keys.settings();
    return ok({
      keys: { ...keys.value, ...age(this.#keys.madeAt()) },
      settingsKey: { state, keyId, ...age(madeAt), closed: [...closed] },
      evidence: head.value && { seq: head.value.seq, hash: head.value.hash, at: moment(head.value.at) },
      handedOver: handed.value && { ...handed.value, at: moment(handed.value.at) },
      takeOver: {
        possible: handed.value === null && this.#places.isEmpty(),
        waiting: this.#places.waiting(),
        taken: this.#places.taken(),
      },
    });
  }

  /** What was lost of the store and was not taken note of, and credentials that are closed or stand open. */
  async checks(): Promise<CallOutput<'technician.selfCheck'>['checks']> {
    const { state, closed } = this.#keys.settings();
    const settings =
      state === 'held'
        ? []
        : [
            state === 'lost'
              ? ({ what: 'settings-key-lost', state: 'bad', detail: closed.join(', ') } as const)
              : ({ what: 'settings-plain', state: 'bad', detail: '' } as const),
          ];
    const loss = await this.#ports.store.storeLoss();
    if (!loss.ok || loss.value === null) return settings;
    const { kind, at, had, has } = loss.value;
    const detail = `${kind} ${new Date(at).toISOString()} ${had?.seq ?? 0} ${has?.seq ?? 0}`;
    return [...settings, { what: kind === 'witness-lost' ? 'store-witness' : 'store-loss', state: 'bad', detail }];
  }

  async noteLoss(): Promise<Done> {
    const { store, clock } = this.#ports;
    return this.#told('store-loss-noted', await store.noteLoss(clock.now()));
  }

  async rotateKey(): Promise<Done> {
    const rotated = await this.#keys.rotate();
    return this.#told('key-rotated', rotated);
  }

  /** Gives up what a lost key guarded and has the list announced again. */
  async renewLostKey(): Promise<Done> {
    const renewed = await this.#keys.renewLost();
    const told = await this.#told('key-renewed', renewed);
    if (renewed.ok) await this.#ports.sync.refreshPickups();
    return told;
  }

  /** Whether the evidence chain is whole; on record in it. */
  async checkEvidence(): Promise<Result<CallOutput<'technician.checkEvidence'>, Problem>> {
    const verdict = await this.#verify();
    const { log, store, clock } = this.#ports;
    const word = verdict === null ? 'unreadable' : verdict.sound ? 'sound' : 'broken';
    log.event(word === 'sound' ? 'info' : 'error', 'evidence-checked', { word, records: verdict?.records ?? 0 });
    await store.audit({ at: clock.now(), who: 'technician', what: 'evidence-checked', detail: word });
    if (verdict === null) return ok({ verdict: null });
    const { sound, records, faults } = verdict;
    return ok({ verdict: { sound, records, fault: faults[0] ?? null } });
  }

  /** Where the queue can be copied to now. */
  async copyPlaces(): Promise<Result<CallOutput<'technician.copyPlaces'>, Problem>> {
    return ok({ folders: [...(await this.#places.find())] });
  }

  /** Hands the queue over to the machine that takes this one's place. This machine sends and takes nothing from then on. */
  async handOver(folder: string): Promise<Result<CallOutput<'technician.handOver'>, Problem>> {
    const { store, clock, random, kiosk } = this.#ports;
    const at = clock.now();
    const name = `hall24-${kiosk().code}-${new Date(at).toISOString().replaceAll(/[-:.]/g, '')}.sqlite`;
    const path = await this.#places.fileIn(folder, name);
    if (path === null) return ok({ copy: null, why: 'folder' });
    const id = Buffer.from(random.bytes(8)).toString('hex');
    const copy = await store.handOver({ id, at, path });
    if (!copy.ok) {
      this.#ports.log.event('error', 'queue-not-copied', { code: copy.error.code, detail: copy.error.detail });
      return ok({ copy: null, why: copy.error.code === 'full' ? 'full' : 'not-written' });
    }
    const { entries, bytes, sha256 } = copy.value;
    this.#ports.log.event('warn', 'queue-handed-over', { id: copy.value.id, entries });
    return ok({ copy: { file: path, entries, bytes, sha256 }, why: null });
  }

  /** Copies of queues that there are to take over. */
  async copies(): Promise<Result<CallOutput<'technician.copies'>, Problem>> {
    const copies = await this.#places.copies();
    return ok({ copies: copies.map(({ file, bytes, at }) => ({ file, bytes, at: new Date(at).toISOString() })) });
  }

  /** Puts a copy by for the next start, which reads it through and refuses what does not fit. */
  async takeOver(file: string): Promise<Result<CallOutput<'technician.takeOver'>, Problem>> {
    const { store, clock, log } = this.#ports;
    const handed = await store.handedOver();
    if (!handed.ok) return err(storeProblem(handed.error));
    if (handed.value !== null || !this.#places.isEmpty()) return ok({ putBy: false, why: 'not-empty' });
    // Only what was found by the kiosk itself is read.
    if (!(await this.#places.copies()).some((copy) => copy.file === file)) return ok({ putBy: false, why: 'gone' });
    const put = await this.#places.putBy(file);
    if (!put.ok) return ok({ putBy: false, why: put.error === 'full' ? 'full' : 'not-written' });
    log.event('warn', 'queue-put-by');
    const detail = this.#places.waiting() ?? '';
    await store.audit({ at: clock.now(), who: 'technician', what: 'queue-put-by', detail });
    return ok({ putBy: true, why: null });
  }

  /** Takes a hand-over back of which no copy was ever finished. */
  async takeBack(): Promise<Done> {
    const back = await this.#ports.store.takeBack(this.#ports.clock.now());
    if (back.ok) this.#ports.sync.wake();
    return this.#told('queue-taken-back', back);
  }

  #told(event: string, result: Result<unknown, StoreError>): Promise<Done> {
    if (result.ok) {
      this.#ports.log.event('warn', event);
      return Promise.resolve(ok({ done: true, why: null }));
    }
    const { code, detail } = result.error;
    if (code === 'conflict' || code === 'not-found') return Promise.resolve(ok({ done: false, why: detail }));
    return Promise.resolve(err(storeProblem(result.error)));
  }
}

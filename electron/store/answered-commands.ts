import type { Database } from './database.ts';
import { readJson } from './json.ts';
import type { LocalGuard } from './keys.ts';

/** Commands that a caller may have under way at once; older answers are overwritten. */
export const COMMAND_WINDOW = 64;

/** Id of a command: the session of its caller and a number that rises by one. */
export function commandId(session: string, number: number): string {
  return `${session}:${number}`;
}

/**
 * First answers of the last commands, written in the transaction of their work. A caller that heard nothing, because the
 * process died, asks again with the same id: what was done gives its answer, what was not is done now.
 */
export class AnsweredCommands {
  readonly #db: Database;
  readonly #guard: LocalGuard;

  constructor(db: Database, guard: LocalGuard) {
    this.#db = db;
    this.#guard = guard;
  }

  find(id: string): { readonly answer: unknown } | null {
    const row = this.#db.get<{ answer: string }>(
      'SELECT answer FROM answered_commands WHERE slot = ? AND command_id = ?',
      slotOf(id),
      id,
    );
    if (!row) return null;
    const [mark, keyId = '', sealed = ''] = row.answer.split(':', 3);
    if (mark !== GUARDED) return { answer: readJson<unknown>(row.answer, null) };
    const text = this.#guard.open(Buffer.from(sealed, 'base64url'), keyId, id);
    return text === null ? null : { answer: readJson<unknown>(text, null) };
  }

  keep(id: string, answer: unknown): void {
    this.#db.run(
      `INSERT INTO answered_commands (slot, command_id, answer) VALUES (?, ?, ?)
       ON CONFLICT (slot) DO UPDATE SET command_id = excluded.command_id, answer = excluded.answer`,
      slotOf(id),
      id,
      this.#guarded(id, JSON.stringify(answer ?? null)),
    );
  }

  /** Answers repeat what rows say, so they are guarded as those are. */
  #guarded(id: string, text: string): string {
    const { keyId } = this.#guard;
    return keyId === null ? text : [GUARDED, keyId, this.#guard.seal(text, id).toString('base64url')].join(':');
  }
}

/** First word of an answer that is guarded by the local data key; what follows is the key's id and the sealed bytes. */
const GUARDED = 'guarded';

function slotOf(id: string): number {
  return Number(id.slice(id.lastIndexOf(':') + 1)) % COMMAND_WINDOW;
}

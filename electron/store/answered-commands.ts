import type { Database } from './database.ts';
import { readJson } from './json.ts';

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

  constructor(db: Database) {
    this.#db = db;
  }

  find(id: string): { readonly answer: unknown } | null {
    const row = this.#db.get<{ answer: string }>(
      'SELECT answer FROM answered_commands WHERE slot = ? AND command_id = ?',
      slotOf(id),
      id,
    );
    return row ? { answer: readJson<unknown>(row.answer, null) } : null;
  }

  keep(id: string, answer: unknown): void {
    this.#db.run(
      `INSERT INTO answered_commands (slot, command_id, answer) VALUES (?, ?, ?)
       ON CONFLICT (slot) DO UPDATE SET command_id = excluded.command_id, answer = excluded.answer`,
      slotOf(id),
      id,
      JSON.stringify(answer ?? null),
    );
  }
}

function slotOf(id: string): number {
  return Number(id.slice(id.lastIndexOf(':') + 1)) % COMMAND_WINDOW;
}

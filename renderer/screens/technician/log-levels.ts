import type { LogLineDto } from '../../../electron/contract/dto.ts';

/** What the log can be narrowed to. */
export const LEVELS = ['all', 'warn', 'error'] as const;
export type Level = (typeof LEVELS)[number];

/** Whether a line is at least this serious. */
export function shows(line: Pick<LogLineDto, 'level'>, wanted: Level): boolean {
  if (wanted === 'all') return true;
  return line.level === 'error' || (wanted === 'warn' && line.level === 'warn');
}

export {
  openStore,
  type OpenedStore,
  type OpenError,
  type OpenReport,
  type OpenStoreOptions,
  type StoreHealth,
} from './open.ts';
export { COMMAND_WINDOW, commandId } from './answered-commands.ts';
export type { CheckFound } from './background-check.ts';
export { fileWrap, KeyRing, ringPath, type KeyRingError, type KeyWrap } from './key-ring.ts';
export { AttachmentFolder } from './attachment-files.ts';
export { FREE_BYTES_WANTED, freeSpace } from './disk.ts';
export { loadSqlite, type SqliteConstructor } from './sqlite.ts';
export { SqliteStore } from './sqlite-store.ts';
export { verifyInUse } from './evidence-check.ts';
export { evidenceTool, queueTool, type ToolContext } from './tool.ts';
export { restoreCopy, checkCopy, type Restored, type RestoreError } from './backup.ts';
export { copiesIn, isEmptyStore, putBy, putByName, takeOver, takeOverPutBy, type TakenOver } from './take-over.ts';
export { CURRENT_VERSION } from './migrations.ts';

export {
  openStore,
  type OpenedStore,
  type OpenError,
  type OpenReport,
  type OpenStoreOptions,
  type StoreHealth,
} from './open.ts';
export { freeSpace } from './disk.ts';
export { loadSqlite, type SqliteConstructor } from './sqlite.ts';
export { SqliteStore } from './sqlite-store.ts';
export { CURRENT_VERSION } from './migrations.ts';

import { join } from 'node:path';
import { safeStorage } from 'electron';
import type { KeyWrap } from '../store/index.ts';

/** Name of the credential that a service manager may hand over (systemd `LoadCredential=hall24-key:...`): 32 bytes. */
const CREDENTIAL = 'hall24-key';

/**
 * The operating system's key store, where there is a real one. On Linux Chromium falls back to a fixed password when neither
 * a secret service nor a wallet runs; that guards nothing, so it counts as none.
 */
export function osKeyWrap(): KeyWrap | null {
  if (!safeStorage.isEncryptionAvailable()) return null;
  if (process.platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())) {
    return null;
  }
  return {
    kind: 'os',
    wrap: (bytes) => {
      try {
        return safeStorage.encryptString(Buffer.from(bytes).toString('base64')).toString('base64');
      } catch {
        // The store was locked or went away.
        return null;
      }
    },
    unwrap: (text) => {
      try {
        return new Uint8Array(Buffer.from(safeStorage.decryptString(Buffer.from(text, 'base64')), 'base64'));
      } catch {
        return null;
      }
    },
  };
}

/** Where the key file lies when there is no key store: handed over by the service manager, or named by `HALL24_KEY_FILE`. */
export function keyFileOf(env: NodeJS.ProcessEnv): string | undefined {
  const folder = env['CREDENTIALS_DIRECTORY'];
  return env['HALL24_KEY_FILE'] ?? (folder === undefined ? undefined : join(folder, CREDENTIAL));
}

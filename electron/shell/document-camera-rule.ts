/** Somebody asks for something that a browser would ask its user for. */
export interface PermissionAsked {
  /** A screen that takes pictures is open. */
  readonly allowed: boolean;
  /** It is the kiosk's own page that asks, not a frame in it. */
  readonly own: boolean;
  /** In Electron's words. */
  readonly permission: string;
  readonly media: readonly string[];
}

/** The one permission that there is: pictures without sound, for the own page, while a screen takes them. */
export function mayUseCamera({ allowed, own, permission, media }: PermissionAsked): boolean {
  return allowed && own && permission === 'media' && media.length > 0 && media.every((kind) => kind === 'video');
}

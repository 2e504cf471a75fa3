/** A picture of black dots on white paper. */
export interface Bitmap {
  /** Dots a row. */
  readonly width: number;
  readonly height: number;
  /** Bytes a row: width / 8, rounded up. */
  readonly rowBytes: number;
  /** Rows from top to bottom, most significant bit at the left, 1 is black. Bits right of `width` are 0. */
  readonly bits: Uint8Array;
}

/** A white picture. */
export function whiteBitmap(width: number, height: number): Bitmap {
  const rowBytes = Math.ceil(width / 8);
  return { width, height, rowBytes, bits: new Uint8Array(rowBytes * height) };
}

/** Blackens a rectangle; what lies outside the picture is left out. */
export function fillRect(bitmap: Bitmap, left: number, top: number, width: number, height: number): void {
  const right = Math.min(bitmap.width, left + width);
  const bottom = Math.min(bitmap.height, top + height);
  for (let y = Math.max(0, top); y < bottom; y += 1) {
    for (let x = Math.max(0, left); x < right; x += 1) {
      const at = y * bitmap.rowBytes + (x >> 3);
      bitmap.bits[at] = (bitmap.bits[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
}

/** Exchanges black and white in a rectangle inside the picture. */
export function invertRect(bitmap: Bitmap, left: number, top: number, width: number, height: number): void {
  const right = Math.min(bitmap.width, left + width);
  const bottom = Math.min(bitmap.height, top + height);
  for (let y = Math.max(0, top); y < bottom; y += 1) {
    for (let x = Math.max(0, left); x < right; x += 1) {
      const at = y * bitmap.rowBytes + (x >> 3);
      bitmap.bits[at] = (bitmap.bits[at] ?? 0) ^ (0x80 >> (x & 7));
    }
  }
}

/** Whether a dot is black; outside it is white. */
export function isBlack(bitmap: Bitmap, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= bitmap.width || y >= bitmap.height) return false;
  return ((bitmap.bits[y * bitmap.rowBytes + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0;
}

/** Lays `source` over a picture at this place, each dot drawn `scaleX` x `scaleY` large; only black covers. */
export function drawBitmap(target: Bitmap, source: Bitmap, left: number, top: number, scaleX = 1, scaleY = 1): void {
  for (let y = 0; y < source.height; y += 1) {
    for (let x = 0; x < source.width; x += 1) {
      if (isBlack(source, x, y)) fillRect(target, left + x * scaleX, top + y * scaleY, scaleX, scaleY);
    }
  }
}

/**
 * OpenType collections (.ttc). The canvas only takes the first face of a collection, so the wanted face is moved to
 * the front: the header's offsets are absolute, exchanging two of them is enough.
 */

const FAMILY_NAME_ID = 1;
const WINDOWS = 3;

/** Family name of the face whose table directory begins at `start`, or empty. */
function familyName(file: DataView, start: number): string {
  const tables = file.getUint16(start + 4);
  for (let index = 0; index < tables; index += 1) {
    const record = start + 12 + index * 16;
    if (file.getUint32(record) !== 0x6e616d65) continue; // 'name'
    const table = file.getUint32(record + 8);
    const count = file.getUint16(table + 2);
    const strings = table + file.getUint16(table + 4);
    for (let entry = 0; entry < count; entry += 1) {
      const at = table + 6 + entry * 12;
      const english = file.getUint16(at) === WINDOWS && file.getUint16(at + 4) === 0x0409;
      if (!english || file.getUint16(at + 6) !== FAMILY_NAME_ID) continue;
      const from = strings + file.getUint16(at + 10);
      const units = Array.from({ length: file.getUint16(at + 8) / 2 }, (_, unit) => file.getUint16(from + unit * 2));
      return String.fromCharCode(...units);
    }
  }
  return '';
}

/**
 * A copy of the collection with the face of this family (as named by its first name entry, e.g. `Noto Sans Mono CJK SC`
 * or with ` Bold` behind it) in front; null when it holds no such face.
 */
export function withFaceFirst(collection: Uint8Array, family: string): Uint8Array | null {
  const copy = collection.slice();
  const file = new DataView(copy.buffer, copy.byteOffset, copy.byteLength);
  if (file.getUint32(0) !== 0x74746366) return null; // 'ttcf'
  for (let face = 0; face < file.getUint32(8); face += 1) {
    const slot = 12 + face * 4;
    const name = familyName(file, file.getUint32(slot));
    if (name !== family && name !== `${family} Bold`) continue;
    const first = file.getUint32(12);
    file.setUint32(12, file.getUint32(slot));
    file.setUint32(slot, first);
    return copy;
  }
  return null;
}

/** Code points for which the first face of a collection has a glyph (from its table of 32-bit characters). */
export function codePointsOfFirstFace(collection: Uint8Array): number[] {
  const file = new DataView(collection.buffer, collection.byteOffset, collection.byteLength);
  const start = file.getUint32(12);
  const codes: number[] = [];
  for (let index = 0; index < file.getUint16(start + 4); index += 1) {
    const record = start + 12 + index * 16;
    if (file.getUint32(record) !== 0x636d6170) continue; // 'cmap'
    const table = file.getUint32(record + 8);
    for (let entry = 0; entry < file.getUint16(table + 2); entry += 1) {
      const sub = table + file.getUint32(table + 4 + entry * 8 + 4);
      if (file.getUint16(sub) !== 12) continue;
      for (let group = 0; group < file.getUint32(sub + 12); group += 1) {
        const at = sub + 16 + group * 12;
        for (let code = file.getUint32(at); code <= file.getUint32(at + 4); code += 1) codes.push(code);
      }
      return codes;
    }
  }
  return codes;
}

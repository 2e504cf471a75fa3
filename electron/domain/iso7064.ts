/**
 * Hybrid check systems of ISO/IEC 7064: they find every single wrong character and nearly every swap of neighbours.
 */

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function hybridCheck(text: string, modulus: number): string {
  let product = modulus;
  for (const char of text) {
    const value = valueOf(char, modulus);
    const sum = (product + value) % modulus;
    product = ((sum === 0 ? modulus : sum) * 2) % (modulus + 1);
  }
  return ALPHANUMERIC.charAt((modulus + 1 - product) % modulus);
}

function valueOf(char: string, modulus: number): number {
  const value = ALPHANUMERIC.indexOf(char);
  if (value < 0 || value >= modulus) throw new RangeError('character outside the check system');
  return value;
}

/** MOD 11,10 check digit of a text of digits. Throws on anything but digits. */
export function checkMod11And10(digits: string): string {
  return hybridCheck(digits, 10);
}

/** MOD 37,36 check character of a text of digits and capital letters. Throws on anything else. */
export function checkMod37And36(text: string): string {
  return hybridCheck(text, 36);
}

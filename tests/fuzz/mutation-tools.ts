export { checksumOf } from '../support/vhd-builder';
export { seededRandom as seedable } from '../support/random';

/** PLATTER_CASES multiplies the number of random cases; CI runs it as it is. */
export const CASES_FACTOR = Math.max(1, Number(process.env['PLATTER_CASES'] ?? 1) || 1);

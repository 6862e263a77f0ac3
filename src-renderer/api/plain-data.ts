/**
 * A copy without Vue's proxies, which the desktop's bridge refuses to carry ("An object could not be cloned"). HTTP
 * sees no difference: it sends text.
 * @param value plain data as the contract has it: objects, arrays, bytes and simple values.
 */
export function plainData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(plainData);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plainData(part)]));
}

/** How bytes travel where only JSON does: `{"$bytes": base64}`. */
const BYTES_KEY = '$bytes';

export interface Base64 {
  encode(bytes: Uint8Array): string;
  decode(text: string): Uint8Array;
}

/** JSON text of a value that may hold Uint8Arrays. */
export function encodeWireJson(value: unknown, base64: Base64): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, plain: unknown) {
    // A Buffer turns itself into an object before it gets here, so ask the holder for what it really is.
    const raw = this[key];
    return raw instanceof Uint8Array ? { [BYTES_KEY]: base64.encode(raw) } : plain;
  });
}

/** The value of such text. @throws SyntaxError for what is no JSON. */
export function decodeWireJson(text: string, base64: Base64): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const encoded = (value as Record<string, unknown>)[BYTES_KEY];
    return typeof encoded === 'string' && Object.keys(value).length === 1 ? base64.decode(encoded) : value;
  });
}

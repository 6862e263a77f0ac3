/**
 * How an answer with many bytes travels over HTTP: a big-endian u32 with the length of the JSON, the JSON padded with
 * spaces, then the bytes as they are. In the JSON, `{"$bytes":[offset,length]}` stands for them, counted from the end
 * of the JSON. Base64 inside JSON costs a page tens of milliseconds a megabyte; this costs nothing.
 */
export const WIRE_FRAME_TYPE = 'application/vnd.platter.frame';

const BYTES_KEY = '$bytes';
const LENGTH_BYTES = 4;
/** Every run of bytes begins on this boundary, so that numbers in it can be looked at in place. */
const ALIGNMENT_BYTES = 8;

/** What both platforms have and the language has not. */
export interface Utf8Encoder {
  encode(text: string): Uint8Array;
}
export interface Utf8Decoder {
  decode(bytes: Uint8Array): string;
}

const aligned = (length: number): number => Math.ceil(length / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;

/** One frame, in pieces to be sent one after another; null for a value without bytes, which JSON does better. */
export function encodeWireFrame(value: unknown, utf8: Utf8Encoder): readonly Uint8Array[] | null {
  const bodies: Uint8Array[] = [];
  let offset = 0;
  const lifted = lift(value, (bytes) => {
    const place = offset;
    bodies.push(bytes);
    const padding = aligned(bytes.length) - bytes.length;
    if (padding > 0) bodies.push(new Uint8Array(padding));
    offset += bytes.length + padding;
    return [place, bytes.length];
  });
  if (bodies.length === 0) return null;
  const text = utf8.encode(JSON.stringify(lifted));
  const head = new Uint8Array(aligned(LENGTH_BYTES + text.length)).fill(0x20);
  new DataView(head.buffer).setUint32(0, head.length - LENGTH_BYTES);
  head.set(text, LENGTH_BYTES);
  return [head, ...bodies];
}

/** A copy of a value in which `put` answers for every run of bytes. */
function lift(value: unknown, put: (bytes: Uint8Array) => readonly [number, number]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { [BYTES_KEY]: put(value) };
  if (Array.isArray(value)) return value.map((item) => lift(item, put));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, lift(item, put)]));
}

/** The value of a frame; its bytes are views of the frame itself. @throws SyntaxError, RangeError for what is none. */
export function decodeWireFrame(frame: ArrayBuffer, utf8: Utf8Decoder): unknown {
  const textLength = new DataView(frame).getUint32(0);
  const bodies = LENGTH_BYTES + textLength;
  const text = utf8.decode(new Uint8Array(frame, LENGTH_BYTES, textLength));
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const place = (value as Record<string, unknown>)[BYTES_KEY];
    if (!Array.isArray(place) || Object.keys(value).length !== 1) return value;
    const [offset, length] = place as [number, number];
    return new Uint8Array(frame, bodies + offset, length);
  });
}

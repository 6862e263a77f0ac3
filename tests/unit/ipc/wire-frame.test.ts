import { describe, expect, it } from 'vitest';
import { decodeWireFrame, encodeWireFrame } from '../../../src-shared/ipc/wire-frame';

function roundTrip(value: unknown): unknown {
  const pieces = encodeWireFrame(value, new TextEncoder());
  if (!pieces) return null;
  const frame = Buffer.concat(pieces);
  return decodeWireFrame(
    frame.buffer.slice(frame.byteOffset, frame.byteOffset + frame.length),
    new TextDecoder(),
  );
}

describe('a frame', () => {
  it('carries bytes of any length beside words that need more than a byte', () => {
    const value = {
      ok: true,
      value: {
        name: 'Müller 磁碟.vhd',
        states: Uint8Array.of(1, 2, 3),
        none: new Uint8Array(0),
        nested: [{ bytes: new Uint8Array(17).fill(9) }, null, 4],
      },
    };
    expect(roundTrip(value)).toEqual(value);
  });

  it('sends a Buffer as its bytes', () => {
    expect(roundTrip({ bytes: Buffer.from([7, 8]) })).toEqual({ bytes: Uint8Array.of(7, 8) });
  });

  it('is none for a value without bytes', () => {
    expect(encodeWireFrame({ ok: true, value: [1, 'x'] }, new TextEncoder())).toBeNull();
  });

  it('puts every run of bytes where numbers can be read in place', () => {
    const { a, b } = roundTrip({ a: Uint8Array.of(1), b: new Uint8Array(8) }) as Record<string, Uint8Array>;
    expect([a?.byteOffset, b?.byteOffset].map((offset) => (offset ?? 1) % 4)).toEqual([0, 0]);
  });

  it('that is cut off is an error and no shorter value', () => {
    const frame = Buffer.concat(encodeWireFrame({ a: new Uint8Array(64) }, new TextEncoder()) ?? []);
    const cut = frame.buffer.slice(frame.byteOffset, frame.byteOffset + frame.length - 40);
    expect(() => decodeWireFrame(cut, new TextDecoder())).toThrow(RangeError);
  });
});

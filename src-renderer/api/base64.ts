import type { Base64 } from '../../src-shared/ipc/wire-json';

const CHUNK = 0x8000;

/** Base64 by the platform: Chromium 108 has no Uint8Array.fromBase64 yet. */
export const base64: Base64 = {
  encode(bytes) {
    let text = '';
    for (let start = 0; start < bytes.length; start += CHUNK) {
      text += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
    }
    return btoa(text);
  },
  decode(text) {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
    return bytes;
  },
};

import { describe, expect, it } from 'vitest';
import { reactive, readonly, ref } from 'vue';
import { plainData } from '../../../src-renderer/api/plain-data';

describe('what is handed to the desktop’s bridge', () => {
  it('has no proxies left, at any depth, and keeps bytes as they are', () => {
    const bytes = Uint8Array.of(1, 2);
    const target = reactive({ folderId: 'f', name: 'n' });
    const input = ref({ operation: readonly({ verb: 'convert', target, list: [target, null], bytes }) });
    expect(() => structuredClone(input.value)).toThrow();
    const plain = plainData(input.value) as { operation: { bytes: Uint8Array } };
    expect(structuredClone(plain)).toEqual({
      operation: { verb: 'convert', target: { folderId: 'f', name: 'n' }, list: [{ folderId: 'f', name: 'n' }, null], bytes },
    }); // prettier-ignore
    expect(plain.operation.bytes).toBeInstanceOf(Uint8Array);
  });
});

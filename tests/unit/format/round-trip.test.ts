import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batSizeBytes,
  clearSectors,
  countSetSectors,
  decodeBat,
  encodeBat,
  encodeDynamicHeader,
  encodeFooter,
  encodeLocatorEntry,
  endOfRun,
  isSectorSet,
  parseDynamicHeader,
  parseFooter,
  parseLocatorEntry,
  readBat,
  sealDynamicHeader,
  sealFooter,
  sectorBitmapBytes,
  setSectors,
  writeEmptyBat,
  writeParentFields,
} from '../../../src-main/engine/format';
import { describeCorpus } from '../../support/corpus';
import { MemoryFile } from '../../support/fake-files';
import { checksumOf, footerBytes } from '../../support/footer-bytes';
import { buildVhd } from '../../support/vhd-builder';

const bytesOf = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

describe('a footer', () => {
  it('is read from any bytes without an error, checksum and all', () => {
    fc.assert(
      fc.property(bytesOf(512), (bytes) => {
        const parsed = parseFooter(bytes);
        expect(parsed.checksum.computed).toBe(checksumOf(bytes, 64));
        expect(parsed.bytes).toBe(bytes);
      }),
    );
  });

  it('comes out byte for byte as the independent builder makes it', () => {
    const uniqueId = '12345678-9abc-4def-8123-456789abcdef';
    const encoded = encodeFooter({
      type: 'dynamic',
      features: 2,
      fileFormatVersion: 0x10000,
      dataOffset: 512,
      timestampSeconds: 800_000_000,
      creatorApplication: 'tap',
      creatorVersion: 0x10003,
      creatorHostOs: 'Wi2k',
      originalSizeBytes: 5 * 2 ** 40,
      currentSizeBytes: 2 ** 41,
      geometry: { cylinders: 65535, heads: 16, sectorsPerTrack: 255 },
      uniqueId,
      savedState: 1,
      hidden: 1,
    });
    const built = footerBytes({
      dataOffset: 512n,
      timestamp: 800_000_000,
      creator: 'tap\0',
      creatorVersion: 0x10003,
      originalSize: BigInt(5 * 2 ** 40),
      currentSize: BigInt(2 ** 41),
      geometry: [65535, 16, 255],
      diskType: 3,
      uniqueId,
      savedState: 1,
      hidden: 1,
    });
    expect(Buffer.compare(encoded, built)).toBe(0);
  });

  it('keeps every other byte when it is sealed', () => {
    fc.assert(
      fc.property(bytesOf(512), (bytes) => {
        const sealed = sealFooter(Uint8Array.from(bytes));
        expect(parseFooter(sealed).checksum.valid).toBe(true);
        expect(sealed.every((byte, at) => byte === bytes[at] || (at >= 64 && at < 68))).toBe(true);
      }),
    );
  });
});

describe('a dynamic disk header', () => {
  it('is read from any bytes without an error', () => {
    fc.assert(
      fc.property(bytesOf(1024), (bytes) => {
        const parsed = parseDynamicHeader(bytes);
        expect(parsed.checksum.computed).toBe(checksumOf(bytes, 36));
        expect(parsed.fields.parentLocators).toHaveLength(8);
      }),
    );
  });

  it('gives back the fields it was made from, and comes out as the builder makes it', () => {
    const parent = {
      uniqueId: '12345678-9abc-4def-8123-456789abcdef',
      timestampSeconds: 77,
      unicodeName: 'Größe 漢字 \u{1f4be}.vhd',
      locators: [
        { platformCode: 'W2ru', dataSpace: 512, dataLengthBytes: 24, reserved: 0, dataOffset: 2048 },
      ],
    };
    const bytes = encodeDynamicHeader({
      tableOffset: 1536,
      maxTableEntries: 4,
      blockSizeBytes: 4096,
      parent,
    });
    const { fields, checksum } = parseDynamicHeader(bytes);
    expect(checksum.valid).toBe(true);
    expect(fields).toMatchObject({
      dataOffset: null,
      tableOffset: 1536,
      parentUniqueId: parent.uniqueId,
      parentTimestampSeconds: 77,
      parentUnicodeName: parent.unicodeName,
    });
    expect(fields.parentLocators[0]).toEqual(parent.locators[0]);
    const built = buildVhd({
      type: 'differencing',
      sizeBytes: 4 * 4096,
      blockSizeBytes: 4096,
      header: { parentId: parent.uniqueId, parentTimestamp: 77, parentName: parent.unicodeName },
      locators: [{ platform: 'W2ru', data: new Uint8Array(24) }],
    }).bytes();
    expect(Buffer.compare(bytes, built.subarray(512, 1536))).toBe(0);
  });

  it('keeps every byte that is no parent field when it gets another parent', () => {
    fc.assert(
      fc.property(bytesOf(1024), (bytes) => {
        const changed = Uint8Array.from(bytes);
        writeParentFields(changed, {
          uniqueId: 'a'.repeat(32),
          timestampSeconds: 1,
          unicodeName: 'x',
          locators: [],
        });
        sealDynamicHeader(changed);
        const isParentField = (at: number): boolean => at >= 36 && at < 768 && !(at >= 60 && at < 64);
        expect(changed.every((byte, at) => byte === bytes[at] || isParentField(at))).toBe(true);
        expect(parseDynamicHeader(changed).fields.parentUnicodeName).toBe('x');
      }),
    );
  });
});

describe('a parent locator entry', () => {
  it('comes out as it went in', () => {
    fc.assert(
      fc.property(bytesOf(24), (bytes) => {
        // a u64 beyond 2^53 comes rounded, and no file is so long
        bytes.fill(0, 16, 18);
        const entry = parseLocatorEntry(bytes);
        expect(Buffer.compare(encodeLocatorEntry(entry), bytes)).toBe(0);
      }),
    );
    const far = { platformCode: 'MacX', dataSpace: 1, dataLengthBytes: 2, reserved: 3, dataOffset: null };
    expect(parseLocatorEntry(encodeLocatorEntry(far))).toEqual(far);
  });
});

describe('a BAT', () => {
  it('is big-endian, at any alignment in memory', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff_ffff })), fc.nat(3), (entries, shift) => {
        const encoded = encodeBat(Uint32Array.from(entries));
        entries.forEach((entry, index) => expect(encoded.readUInt32BE(index * 4)).toBe(entry));
        const shifted = Buffer.alloc(encoded.length + shift);
        encoded.copy(shifted, shift);
        expect([...decodeBat(shifted.subarray(shift))]).toEqual(entries);
      }),
    );
    expect(batSizeBytes(129)).toBe(1024);
  });

  it.each([1, 129, 1024 * 1024 + 1])(
    'of %i entries not in use is ones to the end of its sector',
    async (entries) => {
      const file = new MemoryFile(new Uint8Array(0));
      await writeEmptyBat(file, 512, entries);
      const bytes = Buffer.alloc(batSizeBytes(entries), 0xff);
      expect(await file.size()).toBe(512 + bytes.length);
      const written = Buffer.alloc(bytes.length);
      await file.readAt(written, 512);
      expect(written.equals(bytes)).toBe(true);
    },
  );

  it('is read as far as the file and the disk go, whatever the header claims', async () => {
    const file = new MemoryFile(new Uint8Array(1000).fill(0xff));
    expect(await readBat(file, 996, 100, 1000, 100)).toMatchObject({ claimedEntries: 100, entriesInFile: 1 });
    expect((await readBat(file, 996, 100, 1000, 100)).entries).toHaveLength(1);
    expect((await readBat(file, 5000, 100, 1000, 100)).entries).toHaveLength(0);
  });
});

describe('a sector bitmap', () => {
  it('counts sectors from the most significant bit', () => {
    const bitmap = new Uint8Array(512);
    setSectors(bitmap, 0, 1);
    setSectors(bitmap, 9, 11);
    expect([...bitmap.subarray(0, 2)]).toEqual([0x80, 0x60]);
  });

  it('is set, cleared, counted and walked as an array of booleans would be', () => {
    const ranges = fc.array(fc.tuple(fc.nat(64), fc.nat(64), fc.boolean()), { maxLength: 10 });
    fc.assert(
      fc.property(ranges, (changes) => {
        const bitmap = new Uint8Array(8);
        const model: boolean[] = Array.from({ length: 64 }, () => false);
        for (const [a, b, set] of changes) {
          const [start, end] = [Math.min(a, b), Math.max(a, b)];
          (set ? setSectors : clearSectors)(bitmap, start, end);
          model.fill(set, start, end);
        }
        model.forEach((set, sector) => expect(isSectorSet(bitmap, sector)).toBe(set));
        expect(countSetSectors(bitmap, 64)).toBe(model.filter(Boolean).length);
        for (let sector = 0; sector < 64; sector += 1) {
          let end = sector + 1;
          while (end < 64 && model[end] === model[sector]) end += 1;
          expect(endOfRun(bitmap, sector, 64)).toBe(end);
        }
      }),
    );
  });

  it.each([
    [512, 512],
    [2 * 1024 * 1024, 512],
    [4 * 1024 * 1024, 1024],
    [2 ** 31, 512 * 1024],
  ])('of blocks of %d bytes takes %d bytes', (blockSizeBytes, bytes) => {
    expect(sectorBitmapBytes(blockSizeBytes)).toBe(bytes);
  });
});

describeCorpus('footers of the corpus', (corpus) => {
  it('keep their checksum when they are sealed anew, wherever it was right', () => {
    for (const entry of corpus.entries.filter((one) => one.cksum_ok && one.size < 3_000_000)) {
      const bytes = corpus.bytes(entry.name);
      const copy = bytes.subarray(0, 512);
      const footer = copy.toString('latin1', 0, 8) === 'conectix' ? copy : bytes.subarray(-512);
      if (footer.length !== 512 || footer.toString('latin1', 0, 8) !== 'conectix') continue;
      expect(Buffer.compare(sealFooter(Uint8Array.from(footer)), footer), entry.name).toBe(0);
      expect(parseFooter(footer).fields.uniqueId, entry.name).toBe(entry.uuid);
    }
  });
});

/** Parent locators, as far as they can be mended without opening the parent; writing them anew is the verb relink. */
import { PARENT_LOCATOR_SIZE_BYTES, SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { writeU32 } from '../../../../src-shared/vhd/bytes';
import { formatCount } from '../../../../src-shared/vhd/format-size';
import { encodeUtf16Be } from '../../../../src-shared/vhd/text';
import { pathBaseName, resolveDataSpace } from '../../../../src-shared/vhd/locator';
import { roundUpToSector } from '../../../../src-shared/vhd/layout';
import { readLocators, type ReadLocator } from '../../chain';
import { gatherFacts, safe } from '../../check/image-facts';
import { locatorOffset } from '../../format';
import { editHeader, isHeaderSound } from '../edit-structures';
import type { RepairContext, RepairRecipe } from '../recipe';

const DEPENDS_ON = ['header-checksum', 'header-cookie'];
const NAME_OFFSET = 64;
const NAME_BYTES = 512;

type Pick = (
  locators: readonly ReadLocator[],
  context: RepairContext,
) => Promise<readonly ReadLocator[]> | readonly ReadLocator[];

/** Empties the entries that `pick` finds; the paths themselves stay in the file, unreferenced. */
function clearRecipe(code: string, detail: string, pick: Pick): RepairRecipe {
  return {
    codes: [code],
    dependsOn: DEPENDS_ON,
    offer: async (context) => {
      if (!isHeaderSound(context.metadata)) return null;
      const all = await readLocators(context.file, context.metadata);
      const bad = await pick(all, context);
      if (bad.length === 0) return null;
      const left = all.filter((one) => !bad.includes(one) && one.path !== null && one.path !== '').length;
      return {
        title: `Empty ${bad.length === 1 ? 'the parent locator' : `${formatCount(bad.length)} parent locators`}`,
        detail: `${detail} ${left > 0 ? `${left === 1 ? 'One other still names' : `${left} others still name`} the parent.` : 'None is left; the parent is then found by its name in the header only.'}`,
        risk: 'low',
        certain: false,
        options: [
          {
            name: 'clear',
            title: 'Empty the entry',
            detail: '"platter relink" writes all locators anew once the parent is known.',
            risk: 'low',
          },
        ],
        apply: () =>
          editHeader(context.file, context.metadata, (bytes) => {
            for (const { index } of bad)
              bytes.fill(0, locatorOffset(index), locatorOffset(index) + PARENT_LOCATOR_SIZE_BYTES);
          }),
      };
    },
  };
}

const isEmpty = ({ entry }: ReadLocator): boolean =>
  entry.dataLengthBytes === 0 || entry.dataOffset === 0 || entry.dataSpace === 0;

const reserved: RepairRecipe = {
  codes: ['locator-reserved'],
  dependsOn: DEPENDS_ON,
  offer: async ({ file, metadata }) => {
    if (!isHeaderSound(metadata)) return null;
    const bad = (await readLocators(file, metadata)).filter(({ entry }) => entry.reserved !== 0);
    if (bad.length === 0) return null;
    return {
      title: 'Clear the reserved bytes of the locators',
      detail: 'Four bytes each; they must be zero.',
      risk: 'none',
      certain: true,
      apply: () =>
        editHeader(file, metadata, (bytes) => {
          for (const { index } of bad) writeU32(bytes, locatorOffset(index) + 12, 0);
        }),
    };
  },
};

const space: RepairRecipe = {
  codes: ['locator-space'],
  dependsOn: DEPENDS_ON,
  offer: async (context) => {
    const { file, metadata } = context;
    if (!isHeaderSound(metadata)) return null;
    const changes: { index: number; spaceBytes: number }[] = [];
    for (const locator of await readLocators(file, metadata)) {
      const spaceBytes = await spaceOf(context, locator);
      if (spaceBytes !== null && spaceBytes !== locator.entry.dataSpace)
        changes.push({ index: locator.index, spaceBytes });
    }
    if (changes.length === 0) return null;
    return {
      title: 'Store the room of the locators in bytes',
      detail: 'As nearly all programs do and read it: whole sectors, counted in bytes.',
      risk: 'none',
      certain: true,
      apply: () =>
        editHeader(file, metadata, (bytes) => {
          for (const { index, spaceBytes } of changes) writeU32(bytes, locatorOffset(index) + 4, spaceBytes);
        }),
    };
  },
};

/** Room that can be stored in bytes for a locator without claiming what another structure uses; null for none. */
async function spaceOf(
  { file, metadata }: RepairContext,
  { entry, index }: ReadLocator,
): Promise<number | null> {
  const offset = safe(entry.dataOffset);
  const needed = roundUpToSector(entry.dataLengthBytes);
  if (offset === null || offset === 0 || needed === 0) return null;
  const stored = resolveDataSpace(entry.dataSpace).spaceBytes;
  if (stored !== null && stored >= needed) return stored;
  const facts = await gatherFacts(file, metadata);
  const isTaken = facts.metadataAreas.some(
    (area) =>
      !(area.structure === 'parentLocator' && area.index === index) &&
      area.offset < offset + needed &&
      area.end > offset,
  );
  let firstBlock = facts.dataEndOffset;
  metadata.bat?.entries.someUsed((sector) => {
    const start = sector * SECTOR_SIZE_BYTES;
    if (start >= offset && start < firstBlock) firstBlock = start;
    return false;
  });
  return isTaken || offset + needed > firstBlock ? null : needed;
}

const nameDiffers: RepairRecipe = {
  codes: ['parent-name-differs'],
  dependsOn: DEPENDS_ON,
  offer: async ({ file, metadata }) => {
    if (!isHeaderSound(metadata)) return null;
    const names = (await readLocators(file, metadata)).map(({ path }) =>
      path === null || path === '' ? null : pathBaseName(path),
    );
    const [name] = names.filter((one): one is string => one !== null);
    const agree = names.every((one) => one === null || one.toLowerCase() === name?.toLowerCase());
    if (name === undefined || !agree || name.length * 2 > NAME_BYTES) return null;
    return {
      title: 'Give the header the name that the locators have',
      detail:
        'All locators agree on one file name, which becomes the parent name in the header; no locator changes.',
      risk: 'low',
      certain: true,
      assumptions: ['The locators are right: programs follow them before the name in the header.'],
      apply: () =>
        editHeader(file, metadata, (bytes) => {
          bytes.fill(0, NAME_OFFSET, NAME_OFFSET + NAME_BYTES);
          bytes.set(encodeUtf16Be(name), NAME_OFFSET);
        }),
    };
  },
};

export const locatorRecipes: readonly RepairRecipe[] = [
  clearRecipe('locator-empty', 'It points to nothing.', (all) => all.filter(isEmpty)),
  clearRecipe('locator-unknown-code', 'Nobody can read a path under its code.', (all) =>
    all.filter(({ platform }) => platform === null),
  ),
  clearRecipe('locator-duplicate', 'An earlier entry has the same code.', (all) =>
    all.filter((one) => all.some((other) => other.index < one.index && other.code === one.code)),
  ),
  clearRecipe(
    'locator-outside',
    'Its path lies behind the end of the data.',
    async (all, { file, metadata }) => {
      const { dataEndOffset } = await gatherFacts(file, metadata);
      return all.filter(
        ({ entry }) => (safe(entry.dataOffset) ?? Infinity) + entry.dataLengthBytes > dataEndOffset,
      );
    },
  ),
  clearRecipe(
    'locator-overlaps',
    'Its path lies over another structure.',
    async (all, { file, metadata }) => {
      const { metadataAreas } = await gatherFacts(file, metadata);
      return all.filter(({ entry, index }) => {
        const start = safe(entry.dataOffset);
        const end = (start ?? 0) + entry.dataLengthBytes;
        if (start === null || start === 0 || end === start) return false;
        return metadataAreas.some(
          (area) =>
            !(area.structure === 'parentLocator' && (area.index === index || area.offset === start)) &&
            area.offset < end &&
            area.end > start,
        );
      });
    },
  ),
  clearRecipe('locator-text', 'Its bytes are no readable path.', (all) =>
    all.filter(({ path, platform, entry }) => {
      if (path === null || entry.dataLengthBytes === 0) return false;
      const isOdd = (platform === 'W2ru' || platform === 'W2ku') && entry.dataLengthBytes % 2 !== 0;
      return isOdd || path === '' || HAS_UNPAIRED_SURROGATE.test(path);
    }),
  ),
  clearRecipe('locator-remote', 'It names a place on the network or a device.', (all) =>
    all.filter(({ path }) => /^([\\/]{2}|(?!file:)[a-z][a-z0-9+.-]+:\/\/)/i.test(path ?? '')),
  ),
  reserved,
  space,
  nameDiffers,
];

const HAS_UNPAIRED_SURROGATE =
  /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\ufffd/;

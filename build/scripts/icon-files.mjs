// @ts-check

/**
 * A Windows icon whose images are PNGs (Windows Vista and later).
 * @param {Map<number, Buffer>} pngs side in pixels (at most 256) to image
 * @returns {Buffer}
 */
export function packIco(pngs) {
  const HEADER_BYTES = 6;
  const ENTRY_BYTES = 16;
  const directory = Buffer.alloc(HEADER_BYTES + ENTRY_BYTES * pngs.size);
  directory.writeUInt16LE(1, 2); // an icon, not a cursor
  directory.writeUInt16LE(pngs.size, 4);
  let entry = HEADER_BYTES;
  let offset = directory.length;
  for (const [side, png] of pngs) {
    directory.writeUInt8(side % 256, entry); // 0 stands for 256
    directory.writeUInt8(side % 256, entry + 1);
    directory.writeUInt16LE(1, entry + 4); // colour planes
    directory.writeUInt16LE(32, entry + 6); // bits per pixel
    directory.writeUInt32LE(png.length, entry + 8);
    directory.writeUInt32LE(offset, entry + 12);
    entry += ENTRY_BYTES;
    offset += png.length;
  }
  return Buffer.concat([directory, ...pngs.values()]);
}

// Types of an ICNS element that holds a PNG, by side in pixels; the @2x ones share the larger image.
/** @type {Array<[type: string, side: number]>} */
const ICNS_TYPES = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
];

/**
 * A macOS icon.
 * @param {Map<number, Buffer>} pngs side in pixels to image; 32 … 1024
 * @returns {Buffer}
 */
export function packIcns(pngs) {
  const elements = ICNS_TYPES.map(([type, side]) => {
    const png = pngs.get(side);
    if (png === undefined) throw new Error(`an ICNS needs an image of ${side} pixels`);
    return element(type, png);
  });
  return element('icns', Buffer.concat(elements));
}

/**
 * @param {string} type four characters
 * @param {Buffer} body
 */
function element(type, body) {
  const header = Buffer.alloc(8);
  header.write(type, 'latin1');
  header.writeUInt32BE(8 + body.length, 4);
  return Buffer.concat([header, body]);
}

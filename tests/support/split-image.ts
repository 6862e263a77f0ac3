import fs from 'node:fs';

/** Cuts an image into `count` pieces of whole sectors, `.vhd`, `.v01` and so on, as Virtual PC 2004 stored large ones. */
export function splitImage(image: string, count: number): void {
  const bytes = fs.readFileSync(image);
  const length = Math.floor(bytes.length / count / 512) * 512;
  for (let number = 0; number < count; number += 1) {
    const end = number === count - 1 ? bytes.length : (number + 1) * length;
    const name = number === 0 ? image : image.replace(/vhd$/, `v${String(number).padStart(2, '0')}`);
    fs.writeFileSync(name, bytes.subarray(number * length, end));
  }
}

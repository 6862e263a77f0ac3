import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { applyRepair, undoImage } from '../../src-main/engine/repair';
import { openDisk } from '../../src-main/engine/chain';
import { contentBy7z, describeOracle, mustRun } from '../support/oracle';
import { useTempFolders } from '../support/temp';

const folder = useTempFolders();

function makeByQemu(into: string, options: string, size = '8M'): string {
  const raw = path.join(into, 'content.raw');
  const content = Buffer.alloc(5 * 1024 * 1024);
  for (let at = 0; at < 3 * 1024 * 1024; at += 1) content[at] = (at * 7 + (at >> 9)) & 0xff;
  fs.writeFileSync(raw, content);
  fs.truncateSync(raw, Number.parseInt(size, 10) * 1024 * 1024);
  const image = path.join(into, 'disk.vhd');
  mustRun('qemu-img', ['convert', '-f', 'raw', '-O', 'vpc', '-o', options, raw, image]);
  return image;
}

function patch(image: string, offset: number, change: (byte: number) => number): void {
  const bytes = fs.readFileSync(image);
  const at = offset < 0 ? bytes.length + offset : offset;
  bytes[at] = change(bytes[at] ?? 0) & 0xff;
  fs.writeFileSync(image, bytes);
}

async function contentHash(image: string): Promise<string> {
  const { disk } = await openDisk(image);
  try {
    const bytes = new Uint8Array(disk.sizeBytes);
    await disk.readAt(bytes, 0);
    return crypto.createHash('sha256').update(bytes).digest('hex');
  } finally {
    await disk.close();
  }
}

describeOracle(['qemu-img'], 'an image made by qemu-img, after a flipped checksum', () => {
  const cases: readonly [string, string, number][] = [
    ['dynamic, footer', 'subformat=dynamic', -512 + 65],
    ['dynamic, copy', 'subformat=dynamic', 66],
    ['dynamic, header', 'subformat=dynamic', 512 + 38],
    ['dynamic with force_size, footer', 'subformat=dynamic,force_size=on', -512 + 67],
    ['fixed, footer', 'subformat=fixed', -512 + 64],
    ['fixed with force_size, footer', 'subformat=fixed,force_size=on', -512 + 64],
  ];
  for (const [name, options, offset] of cases) {
    it(`is given back byte for byte: ${name}`, async () => {
      const into = folder();
      const image = makeByQemu(into, options);
      const intact = fs.readFileSync(image);
      patch(image, offset, (byte) => byte ^ 0x55);
      const damaged = fs.readFileSync(image);
      const history = { historyFolder: path.join(into, 'history') };
      const plan = await applyRepair(image, history);
      expect(plan.currentVerdict).toBe('errors');
      expect(plan.predictedVerdict).not.toBe('errors');
      expect(fs.readFileSync(image).equals(intact)).toBe(true);
      await undoImage(image, history);
      expect(fs.readFileSync(image).equals(damaged)).toBe(true);
    });
  }
});

describeOracle(['qemu-img', '7z'], 'after a repair', () => {
  const mutations: readonly [string, Readonly<Record<string, string>>, (bytes: Buffer) => Buffer][] = [
    ['footer cut off', {}, (bytes) => bytes.subarray(0, -512)],
    ['footer wiped', {}, (bytes) => Buffer.concat([bytes.subarray(0, -512), Buffer.alloc(512)])],
    ['copy wiped', {}, (bytes) => Buffer.concat([Buffer.alloc(512), bytes.subarray(512)])],
    ['copy cookie', {}, (bytes) => set(bytes, 0, 0x43)],
    ['511 bytes', {}, (bytes) => bytes.subarray(0, -1)],
    ['bytes appended', {}, (bytes) => Buffer.concat([bytes, Buffer.from('trailing')])],
    ['header cookie', {}, (bytes) => set(bytes, 512, 0x43)],
    ['header table offset', {}, (bytes) => set(bytes, 512 + 22, 0x10)],
    ['header block size', {}, (bytes) => set(bytes, 512 + 33, 0x10)],
    ['header entries', {}, (bytes) => set(bytes, 512 + 30, 0x10)],
    ['header wiped', { 'header-cookie': 'rebuild' }, (bytes) => fill(bytes, 512, 1024)],
    [
      'both footers wiped',
      { 'footer-missing': 'rebuild' },
      (bytes) => fill(fill(bytes, 0, 512), bytes.length - 512, 512),
    ],
  ];
  const set = (bytes: Buffer, at: number, value: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[at] = value;
    return copy;
  };
  const fill = (bytes: Buffer, at: number, length: number): Buffer =>
    Buffer.from(bytes).fill(0, at, at + length);

  for (const [name, choose, mutate] of mutations) {
    it(`the content is as before and qemu-img and 7-Zip take the image: ${name}`, async () => {
      const into = folder();
      const image = makeByQemu(into, 'subformat=dynamic,force_size=on');
      const before = await contentHash(image);
      fs.writeFileSync(image, mutate(fs.readFileSync(image)));
      const damaged = fs.readFileSync(image);
      const history = { historyFolder: path.join(into, 'history') };
      const plan = await applyRepair(image, { ...history, choose });
      expect(plan.predictedVerdict, JSON.stringify(plan.remaining)).not.toBe('errors');
      expect(await contentHash(image)).toBe(before);
      const raw = path.join(into, 'by-qemu.raw');
      mustRun('qemu-img', ['convert', '-f', 'vpc', '-O', 'raw', image, raw]);
      expect(crypto.createHash('sha256').update(fs.readFileSync(raw)).digest('hex')).toBe(before);
      mustRun('7z', ['t', '-tvhd', image]);
      expect(crypto.createHash('sha256').update(contentBy7z(image)).digest('hex')).toBe(before);
      await undoImage(image, history);
      expect(fs.readFileSync(image).equals(damaged)).toBe(true);
    });
  }
});

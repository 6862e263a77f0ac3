/** Whoever reads an image in the middle of a change is told, on standard error and in the document. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openForWriting } from '../../../src-main/engine/io';
import { beginMergeMark, JournaledFile } from '../../../src-main/engine/repair';
import { useTempFolders } from '../../support/temp';
import { buildVhd, nextId, type VhdKnobs } from '../../support/vhd-builder';
import { readingVerbs, type ReadingVerb } from './reading-verbs';
import { runCli } from './run-cli';

const MIB = 1024 * 1024;
const makeFolder = useTempFolders('each');

interface Chain {
  readonly folder: string;
  readonly base: string;
  readonly baseId: string;
  readonly child: string;
  readonly childId: string;
  readonly other: string;
}

/** A fixed base with two children. */
function makeChain(): Chain {
  const folder = makeFolder();
  const [baseId, childId] = [nextId(), nextId()];
  const base = buildVhd({
    type: 'fixed',
    sizeBytes: 2 * MIB,
    data: new Uint8Array(2 * MIB).fill(7),
    footer: { uniqueId: baseId },
  }).writeTo(path.join(folder, 'base.vhd'));
  const childOf = (name: string, uniqueId: string): string => {
    const image: VhdKnobs = {
      type: 'differencing',
      sizeBytes: 2 * MIB,
      header: { parentId: baseId, parentName: 'base.vhd' },
      locators: [{ platform: 'W2ru', data: '.\\base.vhd' }],
      footer: { uniqueId },
    };
    return buildVhd(image).writeTo(path.join(folder, name));
  };
  return {
    folder,
    base,
    baseId,
    childId,
    child: childOf('child.vhd', childId),
    other: childOf('other.vhd', nextId()),
  };
}

/** Begins a change as a killed process leaves it: some bytes are new, and the journal lies beside the image. */
async function interrupt(image: string, operation: string): Promise<void> {
  const file = await openForWriting(image);
  const journaled = await JournaledFile.begin(file, { operation, title: `Some ${operation}` });
  await journaled.writeAt(new Uint8Array(512).fill(1), 4096);
  await journaled.close();
  await file.close();
}

/** What tells how to read content, or of its structures. */
const tellingVerbs = (image: string): readonly ReadingVerb[] => [
  [['chain', image, '--json'], false],
  [['inspect', image, '--json'], true],
  [['attach-command', image, '--json'], false],
];

async function warningsOf(folder: string, image: string): Promise<Set<string>> {
  const said = new Set<string>();
  for (const [argv, hasField] of [...readingVerbs(folder, image), ...tellingVerbs(image)]) {
    const ran = await runCli(argv);
    const name = argv.join(' ');
    expect(ran.exitCode, name).toBe(0);
    const lines = ran.stderr.replace(/\s+/g, ' ');
    said.add(
      /platter [a-z]+( --remove)?/.exec(lines.replace(/^.*?: (A change|The merge)/, '$1'))?.[0] ?? name,
    );
    if (hasField) expect(ran.json<{ warnings?: string[] }>().warnings?.join(), name).toMatch(/finished/);
  }
  return said;
}

describe('an image in the middle of a change', () => {
  it('is told of by every verb that reads it, and by those that read a child of it', async () => {
    const { folder, base, child } = makeChain();
    await interrupt(base, 'resize');
    for (const image of [base, child]) {
      const other = fs.mkdtempSync(path.join(folder, 'out'));
      expect(await warningsOf(other, image)).toEqual(new Set(['platter undo']));
    }
    const hashed = await runCli(['hash', child]);
    expect(hashed.stderr.replace(/\s+/g, ' ')).toMatch(
      /base\.vhd" \("Some resize", begun at .*\) was not finished: what is read of it may be neither the old nor the new content/,
    );
    expect(hashed.stderr).not.toContain('--finish');
    expect(hashed.stderr).toContain(base);
  });

  it('is told of once by compare, which keeps its exit codes', async () => {
    const { base, child, other } = makeChain();
    await interrupt(base, 'resize');
    const same = await runCli(['compare', child, other]);
    expect(same.exitCode).toBe(0);
    expect(same.stderr.match(/not finished/g)).toHaveLength(1);
    const raw = path.join(path.dirname(base), 'zeros.raw');
    fs.writeFileSync(raw, new Uint8Array(2 * MIB));
    expect((await runCli(['compare', child, raw])).exitCode).toBe(1);
  });

  it('is told of by rescue, among its warnings', async () => {
    const folder = makeFolder();
    const image = buildVhd({ type: 'dynamic', sizeBytes: 8 * MIB, blocks: [{ index: 0 }] }).writeTo(
      path.join(folder, 'd.vhd'),
    );
    await interrupt(image, 'repair');
    const saved = await runCli(['rescue', image, path.join(folder, 'out.vhd'), '--json']);
    expect(saved.json<{ warnings: string[] }>().warnings[0]).toMatch(/undo FILE --finish/);
    const text = await runCli(['rescue', image, path.join(folder, 'out2.vhd')]);
    expect(text.stderr).toMatch(/was\s+not\s+finished/);
  });

  it('is told of where the journal cannot be read', async () => {
    const { folder, base } = makeChain();
    fs.writeFileSync(`${base}.platter-undo`, 'garbage');
    const said = await runCli(['hash', base]);
    expect(said.stderr.replace(/\s+/g, ' ')).toMatch(/may be unfinished.*platter undo --remove/);
    expect(folder).toBeTruthy();
  });

  it('goes on with the merge where one was interrupted; only the merged child reads right', async () => {
    const { folder, base, baseId, child, childId, other } = makeChain();
    const fileSizeBytes = fs.statSync(base).size;
    await beginMergeMark(
      { path: base, uniqueId: baseId, fileSizeBytes },
      { childPath: child, layerIds: [childId], isDeep: false, breaksChildren: false, newId: null },
    );
    for (const image of [base, other, child]) {
      const out = fs.mkdtempSync(path.join(folder, 'out'));
      expect(await warningsOf(out, image)).toEqual(new Set(['platter merge']));
    }
    expect((await runCli(['hash', other])).stderr).toMatch(/what\s+is\s+read\s+of\s+it\s+is\s+mixed/);
    for (const verb of ['hash', 'chain', 'inspect'])
      expect((await runCli([verb, child])).stderr, verb).toMatch(/what\s+is\s+read\s+here\s+is\s+right/);
  });

  it('is all there is to be told: nothing is said of a whole chain', async () => {
    const { folder, child } = makeChain();
    for (const [argv] of [...readingVerbs(folder, child), ...tellingVerbs(child)]) {
      const ran = await runCli(argv);
      expect(ran.stderr, argv.join(' ')).not.toMatch(/finished/);
      if (argv.includes('--json')) expect(ran.stdout).not.toContain('finished');
    }
  });
});

import path from 'node:path';

/** A command line, and whether its document has `warnings`. */
export type ReadingVerb = readonly [argv: string[], hasField: boolean];

/** Verbs that read the content of `image` and change nothing but new files in `folder`. */
export function readingVerbs(folder: string, image: string): readonly ReadingVerb[] {
  const at = (name: string): string => path.join(folder, name);
  return [
    [['hash', image, '--json'], true],
    [['map', image, '--json'], true],
    [['map', image, '--format', 'qemu', '--json'], false],
    [['read', image, '--length', '512'], false],
    [['read', image, '--length', '512', '-o', at('r'), '--json'], true],
    [['compare', image, image, '--json'], true],
    [['convert', image, at('c.vhd'), '--to', 'dynamic', '--json'], true],
    [['convert', image, '-', '--to', 'raw'], false],
    [['azure', image, at('a.vhd'), '--json'], true],
  ];
}

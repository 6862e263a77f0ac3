import type { Verb } from '../verb';

export interface VerbEntry {
  readonly name: string;
  readonly group: 'look' | 'make' | 'mend' | 'door';
  readonly summary: string;
  /** Its own chunk: a verb costs nothing until it is called. */
  readonly load: () => Promise<{ readonly verb: Verb }>;
}

const entry = (
  group: VerbEntry['group'],
  name: string,
  summary: string,
  load: VerbEntry['load'],
): VerbEntry => ({ group, name, summary, load });

/** Every verb, in the order in which help lists them. */
export const VERBS: readonly VerbEntry[] = [
  entry('look', 'info', 'what an image is, and whether its metadata is sound', () => import('./info')),
  entry('look', 'check', 'everything that is wrong with one or many images', () => import('./check')),
  entry('look', 'map', 'which parts of the disk are stored, and where', () => import('./map')),
  entry('look', 'chain', 'the image and its parents, or every chain in a folder', () => import('./chain')),
  entry('look', 'hash', 'a checksum of what the guest sees', () => import('./hash')),
  entry('look', 'compare', 'the content of two disks, byte by byte', () => import('./compare')),
  entry('look', 'read', 'bytes of the disk to standard output or a file', () => import('./read')),
  entry('look', 'inspect', 'every field of every structure, with a verdict', () => import('./inspect')),
  entry('look', 'geometry', 'cylinders, heads and sectors for a size', () => import('./geometry')),
  entry('look', 'plan', 'layout and file size before anything is made', () => import('./plan')),

  entry('make', 'create', 'a new image', () => import('./create')),
  entry('make', 'write', 'bytes from standard input or a file into the disk', () => import('./write')),
  entry('make', 'convert', 'another type or raw, with the same content', () => import('./convert')),
  entry('make', 'snapshot', 'a new child of an image', () => import('./snapshot')),
  entry('make', 'merge', 'a child into its parent, or a chain into one image', () => import('./merge')),
  entry('make', 'relink', 'give a child its parent back', () => import('./relink')),
  entry('make', 'resize', 'a larger or smaller disk', () => import('./resize')),
  entry('make', 'compact', 'a smaller file with the same content', () => import('./compact')),
  entry('make', 'azure', 'an image that Azure accepts', () => import('./azure')),

  entry('mend', 'repair', 'plan a repair, and apply it with an undo journal', () => import('./repair')),
  entry('mend', 'undo', 'put back what a change replaced', () => import('./undo')),
  entry(
    'mend',
    'rescue',
    'rebuild an image whose metadata is gone, into a new file',
    () => import('./rescue'),
  ),
  entry('mend', 'edit', 'change metadata fields, checksums kept right', () => import('./edit')),

  entry(
    'door',
    'attach-command',
    'the command that attaches the image on a system',
    () => import('./attach-command'),
  ),
  entry('door', 'serve', 'the workbench in a browser', () => import('./serve')),
];

export function findVerb(name: string): VerbEntry | null {
  return VERBS.find((verb) => verb.name === name) ?? null;
}

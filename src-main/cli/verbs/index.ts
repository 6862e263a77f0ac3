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
  entry('look', 'geometry', 'cylinders, heads and sectors for a size', () => import('./geometry')),
  entry('look', 'plan', 'layout and file size before anything is made', () => import('./plan')),

  entry('make', 'create', 'a new image', () => import('./create')),

  entry('mend', 'undo', 'put back what a change replaced', () => import('./undo')),
  entry(
    'mend',
    'rescue',
    'rebuild an image whose metadata is gone, into a new file',
    () => import('./rescue'),
  ),

  entry(
    'door',
    'attach-command',
    'the command that attaches the image on a system',
    () => import('./attach-command'),
  ),
];

export function findVerb(name: string): VerbEntry | null {
  return VERBS.find((verb) => verb.name === name) ?? null;
}

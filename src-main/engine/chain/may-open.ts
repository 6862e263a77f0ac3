import fs from 'node:fs/promises';

/** Asked for every path that nobody named; a browser door answers by its roots. */
export type MayOpen = (path: string) => boolean | Promise<boolean>;

/** Whether a path that nobody named may be looked at: it itself, and where links lead from it. Nothing there counts as no. */
export async function isAllowed(candidate: string, mayOpen: MayOpen | undefined): Promise<boolean> {
  if (mayOpen === undefined) return true;
  if (!(await mayOpen(candidate))) return false;
  const real = await fs.realpath(candidate).catch(() => null);
  return real !== null && (real === candidate || (await mayOpen(real)));
}

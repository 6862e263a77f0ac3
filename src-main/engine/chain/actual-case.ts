import fs from 'node:fs/promises';
import path from 'node:path';

/**
 * A path as the file system has it. Images made on Windows name their parents without regard to case; where the
 * exact name is not there, the only one in its folder that differs in case alone is meant.
 */
export async function withActualCase(candidate: string): Promise<string> {
  const isThere = await fs.lstat(candidate).then(
    () => true,
    () => false,
  );
  if (isThere) return candidate;
  const folder = path.dirname(candidate);
  const wanted = path.basename(candidate).toLowerCase();
  const names = await fs.readdir(folder).catch(() => []);
  const matches = names.filter((name) => name.toLowerCase() === wanted);
  const [only] = matches;
  return only !== undefined && matches.length === 1 ? path.join(folder, only) : candidate;
}

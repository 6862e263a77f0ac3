import path from 'node:path';

/** Files by their names, each in quotation marks: a name may hold spaces and commas. */
export const quotedNames = (paths: readonly string[]): string =>
  paths.map((file) => `"${path.basename(file)}"`).join(', ');

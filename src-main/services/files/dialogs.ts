import { AppError } from '../../../src-shared/errors';

export type OpenPurpose = 'image' | 'parent' | 'raw' | 'any';

/** The system's own file dialogs; only the desktop has them. Null or empty: the person cancelled. */
export interface SystemDialogs {
  openFiles(purpose: OpenPurpose, multiple: boolean): Promise<readonly string[]>;
  openFolder(): Promise<string | null>;
  saveFile(suggestedName: string): Promise<string | null>;
  /** Shows the file in the system's file manager. */
  reveal(path: string): void;
}

/** @throws AppError `unsupported` where the door has none. */
export function requireDialogs(dialogs: SystemDialogs | null): SystemDialogs {
  if (dialogs) return dialogs;
  throw new AppError('unsupported', 'A page in a browser cannot open the system’s own file dialogs.', {
    hint: 'Choose the file in the page instead.',
  });
}

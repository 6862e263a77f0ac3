import { readMetadata, type VhdMetadata } from '../disk';
import { identityOfPath, pathsOfFile, type FileIdentity } from '../io';
import { openImageFile } from './image-file';
import { readLocators, type ReadLocator } from './locators';

/** What one image says about itself and its parent, without its BAT. */
export interface PeekedImage {
  readonly path: string;
  readonly identity: FileIdentity;
  readonly metadata: VhdMetadata;
  readonly locators: readonly ReadLocator[];
  /** It is a split set. */
  readonly isSplit?: boolean;
}

/** Reads an image's metadata and closes it. @throws AppError of kind `system`. */
export async function peekImage(path: string): Promise<PeekedImage> {
  const file = await openImageFile(path);
  try {
    const metadata = await readMetadata(file, false);
    const locators = metadata.header ? await readLocators(file, metadata) : [];
    const isSplit = pathsOfFile(file).length > 1;
    return { path, identity: await identityOfPath(path), metadata, locators, isSplit };
  } finally {
    await file.close();
  }
}

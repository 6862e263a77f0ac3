import { canOpenDropped, openDropped } from '../api';
import { t } from '../i18n';
import { useChooser } from '../stores/chooser';
import { useDisks } from '../stores/disks';
import { useErrors } from '../stores/errors';
import { useNavigation } from '../stores/navigation';
import { notify } from '../ui';

/** The ways an image gets opened: by dialog, by drop. Errors are shown. */
export function useOpen() {
  const chooser = useChooser();
  const disks = useDisks();
  const errors = useErrors();
  const navigation = useNavigation();

  /** Asks for images and opens them. @returns whether any was opened. */
  async function openImages(): Promise<boolean> {
    const files = await errors.guard(() => chooser.files('image', true));
    files?.forEach((file) => disks.show(file));
    return Boolean(files?.length);
  }

  /** Opens what was dropped: images as tabs, a folder as a sweep. */
  async function openDrop(dropped: readonly File[]): Promise<void> {
    if (!canOpenDropped()) return notify('note', t('home.dropBrowser'));
    const items = await errors.guard(() => openDropped(dropped));
    items?.files.forEach((file) => disks.show(file));
    const folder = items?.folders[0];
    if (folder)
      navigation.go('sweep', {
        folderId: folder.id,
        folderName: folder.name,
        folderPath: folder.displayPath,
      });
  }

  async function scanFolder(): Promise<void> {
    const folder = await errors.guard(() => chooser.folder());
    if (folder)
      navigation.go('sweep', {
        folderId: folder.id,
        folderName: folder.name,
        folderPath: folder.displayPath,
      });
  }

  return { openImages, openDrop, scanFolder };
}

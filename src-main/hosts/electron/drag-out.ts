import { nativeImage, type NativeImage, type WebContents } from 'electron';
import { VHD_ICON_PNG } from './drag-icon';
import type { Services } from '../../services/app';

/**
 * Lets the person drag an open image out of the window, into a folder or another program. The page says which by the
 * id it was given; the path is main's, and must still be one that may be used.
 * @throws AppError `unknown-file`.
 */
export async function dragOut(
  { registry }: Services,
  contents: Pick<WebContents, 'startDrag'>,
  fileId: unknown,
): Promise<void> {
  const file = await registry.pathOf(String(fileId));
  contents.startDrag({ file, icon: dragIcon() });
}

let icon: NativeImage | undefined;
const dragIcon = (): NativeImage => (icon ??= nativeImage.createFromDataURL(VHD_ICON_PNG));

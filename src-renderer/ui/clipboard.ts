import { t } from '../i18n';
import { announce } from './announce';
import { notify } from './toast';

/** Puts text on the clipboard and says so; a refusal is shown, not swallowed. Gives whether it worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    announce(t('ui.copied'));
    return true;
  } catch {
    notify('error', t('ui.copyFailed'));
    return false;
  }
}

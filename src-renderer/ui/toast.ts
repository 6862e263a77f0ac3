import { toast } from 'vue-sonner';

/** How long a notice stays that has something to do in it: long enough to be read, decided and reached. */
const ACTION_MS = 15_000;

/** A passing notice: only for what needs no answer. `action` is the one thing one might want next. */
export function notify(
  tone: 'ok' | 'note' | 'error',
  message: string,
  extra: { description?: string; action?: { label: string; run: () => void } } = {},
): void {
  const options = {
    ...(extra.description ? { description: extra.description } : {}),
    ...(extra.action
      ? { action: { label: extra.action.label, onClick: extra.action.run }, duration: ACTION_MS }
      : {}),
  };
  if (tone === 'ok') toast.success(message, options);
  else if (tone === 'error') toast.error(message, options);
  else toast.message(message, options);
}

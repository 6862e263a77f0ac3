import type { Envelope } from '../../src-shared/ipc/envelope';
import { t } from '../i18n';

/** The answer when main cannot be asked at all. */
export function lostConnection(evidence: string): Envelope<never> {
  return {
    ok: false,
    error: {
      code: 'worker-crashed',
      message: t('errors.bridge.cause'),
      hint: t('errors.bridge.next'),
      data: { evidence },
    },
  };
}

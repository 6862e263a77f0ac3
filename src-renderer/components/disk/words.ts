import type { Severity } from '../../../src-shared/model';
import { t } from '../../i18n';
import type { Tone } from '../../ui';

/** The screen's word for a disk type; an unreadable one is said to be so. */
export function diskTypeLabel(type: string | null): string {
  if (type === 'fixed' || type === 'dynamic' || type === 'differencing' || type === 'raw')
    return t(`disk.types.${type}`);
  return t('disk.types.unknown');
}

export function verdictTone(verdict: string | null): Tone {
  return verdict === 'errors'
    ? 'error'
    : verdict === 'warnings'
      ? 'warning'
      : verdict === 'clean'
        ? 'ok'
        : 'neutral';
}

export function verdictLabel(verdict: string | null): string {
  if (verdict === 'clean' || verdict === 'warnings' || verdict === 'errors')
    return t(`disk.verdicts.${verdict}`);
  return t('disk.verdicts.unknown');
}

export const SEVERITY_TONES: Readonly<Record<Severity, Tone>> = {
  error: 'error',
  warning: 'warning',
  note: 'note',
};

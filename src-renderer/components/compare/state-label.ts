import type { StateRef } from '../../../src-shared/model';
import { hasMessage, t } from '../../i18n';
import { formatDateTime } from '../../i18n/format';

/** What the change was. */
export function changeTitle({ operation, title }: Pick<StateRef, 'operation' | 'title'>): string {
  if (title !== '') return title;
  const key = `history.operations.${operation}`;
  return hasMessage(key) ? t(key) : operation;
}

/** A state of the past in one line: before which change, made when. */
export const stateLabel = (state: Pick<StateRef, 'operation' | 'title' | 'createdAt'>): string =>
  t('compare.states.before', { change: changeTitle(state), when: formatDateTime(state.createdAt) });

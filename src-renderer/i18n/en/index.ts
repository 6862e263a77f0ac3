import { errors } from './errors';
import { gallery } from './gallery';
import { shell } from './shell';
import { ui } from './ui';

export const en = { ui, shell, errors, gallery };

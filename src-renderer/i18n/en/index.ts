import { calculators } from './calculators';
import { chain } from './chain';
import { check } from './check';
import { chooser } from './chooser';
import { compare } from './compare';
import { create } from './create';
import { disk } from './disk';
import { errors } from './errors';
import { guide } from './guide';
import { gallery } from './gallery';
import { history } from './history';
import { home } from './home';
import { inspect } from './inspect';
import { jobs } from './jobs';
import { map } from './map';
import { operation } from './operation';
import { settings } from './settings';
import { shell } from './shell';
import { verbs } from './verbs';
import { sweep } from './sweep';
import { ui } from './ui';

export const en = {
  sweep,
  compare,
  chain,
  ui,
  shell,
  errors,
  gallery,
  home,
  disk,
  check,
  create,
  calculators,
  chooser,
  inspect,
  map,
  operation,
  jobs,
  history,
  settings,
  guide,
  verbs,
};

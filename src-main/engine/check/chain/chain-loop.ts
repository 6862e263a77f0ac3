import type { Rule } from '../rule';
import { problemDrafts } from './problem-drafts';

export const chainLoop: Rule = {
  code: 'chain-loop',
  severity: 'error',
  area: 'chain',
  level: 'chain',
  title: 'The chain of parents comes back to itself',
  explanation:
    'An image is its own ancestor. No content can be read that way; several programs go round for ever.',
  hint: 'Relink the image to its true parent.',
  source: 'Microsoft: error 0xC03A0018',
  repair: 'none',
  run: (context) => problemDrafts(context, 'chain-loop'),
};

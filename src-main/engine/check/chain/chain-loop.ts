import { AppError } from '../../../../src-shared/errors';
import type { CheckContext } from '../context';
import type { Rule } from '../rule';
import { draftsOf } from './problem-drafts';
import type { ChainWalk } from './walk-chain';

export const chainLoop: Rule = {
  code: 'chain-loop',
  severity: 'error',
  area: 'chain',
  level: 'quick',
  title: 'The chain of parents comes back to itself',
  explanation:
    'An image is its own ancestor. No content can be read that way; several programs go round for ever.',
  hint: 'Relink the image to its true parent.',
  source: 'Microsoft: error 0xC03A0018',
  repair: 'none',
  run: async (context) => {
    if (context.metadata.type !== 'differencing') return null;
    try {
      return draftsOf(await walkOf(context), 'chain-loop');
    } catch (error) {
      // a folder that may not be listed says nothing about the image
      if (error instanceof AppError && error.kind === 'system') return null;
      throw error;
    }
  },
};

/** Every ancestor where one could lead back: a parent that is no child itself ends the chain. */
async function walkOf(context: CheckContext): Promise<ChainWalk> {
  const edge = await context.edge();
  const mayGoOn = edge.parent?.metadata.type === 'differencing';
  return mayGoOn || context.environment.chain === true ? context.chain() : edge;
}

import type { LeftoverFile } from '../../../src-shared/model/leftover';
import type { Services } from '../app';
import type { Leftover } from './leftovers';

type Needed = Pick<Services, 'leftovers' | 'registry' | 'roots'>;

/** What killed runs left where this door may go, by ids. */
export async function offerLeftovers(services: Needed): Promise<LeftoverFile[]> {
  return (await withIds(services)).map(({ id, leftover }) => ({
    id,
    displayPath: leftover.path,
    targetPath: leftover.target,
    sizeBytes: leftover.sizeBytes,
  }));
}

/** The person's answer. An id counts only where it stands for something that is still on offer. */
export async function settleLeftovers(
  services: Needed,
  ids: readonly string[],
  remove: boolean,
): Promise<{ removed: number }> {
  const answered = (await withIds(services)).filter(({ id }) => ids.includes(id));
  const removed = await services.leftovers.settle(
    answered.map(({ leftover }) => leftover),
    remove,
  );
  return { removed: removed.length };
}

async function withIds({
  leftovers,
  registry,
  roots,
}: Needed): Promise<{ id: string; leftover: Leftover }[]> {
  const found = (await leftovers.find()).filter(({ path }) => roots.allows(path));
  return found.map((leftover) => ({ id: registry.register(leftover.path).id, leftover }));
}

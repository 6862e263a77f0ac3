import { createHash } from 'node:crypto';
import { AppError } from '../../../src-shared/errors';
import type { Verdict } from '../../../src-shared/model/check-report';
import type { Finding } from '../../../src-shared/model/finding';
import type { RepairItem, RepairOption, RepairPlan, RepairRisk } from '../../../src-shared/model/repair-plan';
import { formatUuid } from '../../../src-shared/vhd/uuid';
import { locateMetadata } from '../disk';
import type { VhdMetadata } from '../disk/metadata';
import { freeEntries } from '../format';
import { OverlayFile, type RandomAccessFile } from '../io';
import { Breather } from '../ops/operation';
import { describeChanges } from './describe-change';
import { EditRecorder } from './edit-recorder';
import { metadataNow } from './edit-structures';
import { RECIPES } from './items';
import { sizeByCreatorFinding } from './items/normalise';
import type { ByteRanges } from './range-set';
import type { RepairContext, RepairOffer, RepairRecipe } from './recipe';

/** Mending one thing can bring another to light; so often is looked again. */
const ROUNDS_MAX = 4;

/** What the person asks for. */
export interface RepairRequest {
  /** Codes; nothing else is selected. All that is certain, unless given. */
  readonly only?: readonly string[] | undefined;
  /** Option by code; selects the item. */
  readonly choose?: Readonly<Record<string, string>> | undefined;
}

/** What a check says of the image, as repair needs it. */
export interface CheckOutcome {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}
export type CheckImage = (file: RandomAccessFile) => Promise<CheckOutcome>;

/** The state of the file that a plan is made from. */
export interface PlanSource {
  /** Binds the plan to the state; ids that a plan makes up come from it. */
  readonly stateToken: string;
  /** Seconds since 2000-01-01 UTC. */
  readonly modifiedSeconds: number;
  /** Asked before a file other than the image is looked at. */
  readonly mayOpen?: RepairContext['mayOpen'];
  readonly signal?: AbortSignal | undefined;
}

export interface BuiltPlan {
  readonly plan: RepairPlan;
  /** The image as it would be. */
  readonly result: RandomAccessFile;
  /** Ranges in which the result differs from the image. */
  readonly touched: ByteRanges;
}

/**
 * Plans on an overlay in memory: every item on the image as the selected items before it leave it, and the whole
 * check again at the end.
 * @throws AppError `bad-value` where `only` or `choose` names what does not exist.
 */
export async function buildPlan(
  image: RandomAccessFile,
  source: PlanSource,
  request: RepairRequest,
  check: CheckImage,
): Promise<BuiltPlan> {
  const before = await check(image);
  const overlay = await OverlayFile.over(image);
  const planner = new Planner(await EditRecorder.over(overlay), source, request);
  let after = before;
  for (let round = 0; round < ROUNDS_MAX && (await planner.runRound(after.findings)); round += 1)
    after = await check(overlay);
  requireKnown(request, planner.items);
  return toBuiltPlan(image, source, planner.items, { before, after }, overlay, planner.recorder);
}

/** What was planned for `image`; `result` shows it as it would be then. */
export async function toBuiltPlan(
  image: RandomAccessFile,
  { stateToken }: PlanSource,
  items: readonly RepairItem[],
  { before, after }: Readonly<Record<'before' | 'after', CheckOutcome>>,
  result: RandomAccessFile,
  { touched }: EditRecorder,
): Promise<BuiltPlan> {
  const plan: RepairPlan = {
    path: image.path,
    plan: items,
    currentVerdict: before.verdict,
    predictedVerdict: after.verdict,
    remaining: [...new Set(after.findings.map((finding) => finding.code))],
    applied: false,
    journal: null,
    stateToken,
    fileSizeBeforeBytes: await image.size(),
    fileSizeAfterBytes: await result.size(),
  };
  return { plan, result, touched };
}

class Planner {
  readonly recorder: EditRecorder;
  readonly items: RepairItem[] = [];
  readonly #source: PlanSource;
  readonly #request: RepairRequest;
  readonly #newId: () => string;
  readonly #breather: Breather;
  /** Of what the recorder shows at `version`: read once for all items that find it so. */
  #known: { readonly metadata: VhdMetadata; readonly version: number } | null = null;

  constructor(recorder: EditRecorder, source: PlanSource, request: RepairRequest) {
    this.recorder = recorder;
    this.#source = source;
    this.#request = request;
    this.#newId = makeIds(source);
    this.#breather = new Breather({ signal: source.signal });
  }

  /** Plans what was not planned yet. @returns whether the image was changed. */
  async runRound(found: readonly Finding[]): Promise<boolean> {
    try {
      return await this.#planAll(found);
    } finally {
      // the check that follows reads the BAT itself
      this.#forget();
    }
  }

  async #planAll(found: readonly Finding[]): Promise<boolean> {
    const misread = sizeByCreatorFinding(await this.#metadata());
    const findings = misread ? [...found, misread] : found;
    let changed = false;
    for (const recipe of RECIPES) {
      const there = recipe.codes.filter((code) => findings.some((one) => one.code === code));
      for (const code of recipe.isOne ? there.slice(0, 1) : there) {
        const finding = findings.find((one) => one.code === code);
        const codes = recipe.isOne ? recipe.codes : [code];
        const known = this.items.findIndex((item) => codes.includes(item.code));
        if (!finding || this.items[known]?.selected) continue;
        const item = await this.#planItem(recipe, finding, recipe.isOne ? there.slice(1) : []);
        // done along with an earlier item
        if (!item || (item.selected && item.changes.length === 0 && item.chosen === null)) continue;
        if (known < 0) this.items.push(item);
        else this.items[known] = item;
        changed ||= item.selected && item.changes.length > 0;
      }
    }
    return changed;
  }

  async #planItem(
    recipe: RepairRecipe,
    finding: Finding,
    alsoAnswers: readonly string[],
  ): Promise<RepairItem | null> {
    const codes = [finding.code, ...alsoAnswers];
    const offered = await recipe.offer(await this.#contextFor(this.recorder, finding));
    if (!offered) return null;
    const offer = withChoice(offered, finding);
    const blockedBy = (recipe.dependsOn ?? []).filter((code) =>
      this.items.some((item) => item.code === code && !item.selected),
    );
    const chosen = this.#chosenOption(codes, offer);
    if (chosen && blockedBy.length > 0)
      throw new AppError('bad-value', `"${finding.code}" needs ${quoted(blockedBy)} to be chosen as well.`);
    const selected = blockedBy.length === 0 && this.#isSelected(codes, offer, chosen);
    const options = offer.options ?? [];
    const option = chosen ?? (offer.certain || options.length === 1 ? (options[0] ?? null) : null);
    const changes = await this.#changesOf(recipe, finding, offer, option, selected);
    return {
      code: finding.code,
      ...(alsoAnswers.length > 0 ? { alsoAnswers } : {}),
      title: offer.title,
      detail: offer.detail,
      risk: option?.risk ?? offer.risk,
      selected,
      options,
      chosen: selected ? (option?.name ?? null) : null,
      dependsOn: (recipe.dependsOn ?? []).filter((code) => this.items.some((item) => item.code === code)),
      changes,
      assumptions: [
        ...(offer.assumptions ?? []),
        ...blockedBy.map((code) => `Needs "${code}" to be repaired first, which is not selected.`),
      ],
    };
  }

  /** Applies to the plan's overlay where selected, and to one that is thrown away where it only has to be shown. */
  async #changesOf(
    recipe: RepairRecipe,
    finding: Finding,
    offer: RepairOffer,
    option: RepairOption | null,
    selected: boolean,
  ): Promise<RepairItem['changes']> {
    if (!selected && option === null && (offer.options ?? []).length > 0) return [];
    if (selected) {
      await offer.apply(option?.name ?? null);
      return this.#described(this.recorder);
    }
    const scratch = await EditRecorder.over(await OverlayFile.over(this.recorder));
    const shown = await recipe.offer(await this.#contextFor(scratch, finding));
    await shown?.apply(option?.name ?? null);
    return this.#described(scratch);
  }

  async #described(recorder: EditRecorder): Promise<RepairItem['changes']> {
    return describeChanges(recorder.takeChanges(), recorder, await locateMetadata(recorder));
  }

  /** @param file the recorder, or what shows the same. */
  async #contextFor(file: RandomAccessFile, finding: Finding): Promise<RepairContext> {
    return {
      file,
      metadata: await this.#metadata(),
      finding,
      modifiedSeconds: this.#source.modifiedSeconds,
      mayOpen: this.#source.mayOpen,
      newUniqueId: this.#newId,
      breathe: () => this.#breather.breathe(),
    };
  }

  async #metadata(): Promise<VhdMetadata> {
    if (this.#known?.version !== this.recorder.version) this.#forget();
    this.#known ??= { version: this.recorder.version, metadata: await metadataNow(this.recorder) };
    return this.#known.metadata;
  }

  #forget(): void {
    if (this.#known?.metadata.bat) freeEntries(this.#known.metadata.bat.entries);
    this.#known = null;
  }

  #chosenOption(codes: readonly string[], offer: RepairOffer): RepairOption | null {
    const code = codes.find((one) => this.#request.choose?.[one] !== undefined);
    const name = code === undefined ? undefined : this.#request.choose?.[code];
    if (name === undefined) return null;
    const options = offer.options ?? [];
    const option = options.find((one) => one.name === name);
    if (option) return option;
    const offered = options.map((one) => one.name).join(', ') || 'no alternatives';
    throw new AppError('bad-value', `"${code}" has no option "${name}"; it offers ${offered}.`);
  }

  #isSelected(codes: readonly string[], offer: RepairOffer, chosen: RepairOption | null): boolean {
    if (chosen) return true;
    const { only } = this.#request;
    return offer.certain && (only === undefined || codes.some((code) => only.includes(code)));
  }
}

/** Ids that look random and are the same for the same image in the same state: what is shown is what is written. */
export function makeIds({ stateToken }: PlanSource): () => string {
  let made = 0;
  return () => {
    made += 1;
    const bytes = createHash('sha256').update(`${stateToken} id ${made}`).digest();
    bytes[6] = 0x40 | ((bytes[6] ?? 0) & 0x0f);
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
    return formatUuid(bytes.subarray(0, 16));
  };
}

const quoted = (codes: readonly string[]): string => codes.map((code) => `"${code}"`).join(' and ');

/** What is not certain needs a word to choose it by; the check has the last say about certainty. */
function withChoice(offer: RepairOffer, finding: Finding): RepairOffer {
  const certain = offer.certain && (offer.proven === true || finding.repair === 'automatic');
  if (certain || (offer.options ?? []).length > 0) return { ...offer, certain };
  const { title, detail, risk } = offer;
  return { ...offer, certain, options: [{ name: 'apply', title, detail, risk }] };
}

export const worstRisk = (items: readonly RepairItem[]): RepairRisk =>
  items.some((item) => item.selected && item.risk === 'data')
    ? 'data'
    : items.some((item) => item.selected && item.risk === 'low')
      ? 'low'
      : 'none';

function requireKnown({ only, choose }: RepairRequest, items: readonly RepairItem[]): void {
  const repairable = new Set(RECIPES.flatMap((recipe) => recipe.codes));
  for (const code of only ?? []) {
    if (!repairable.has(code)) throw new AppError('bad-value', `There is no repair for "${code}".`);
  }
  for (const code of Object.keys(choose ?? {})) {
    if (items.some((item) => item.code === code || item.alsoAnswers?.includes(code))) continue;
    const planned = items.map((item) => item.code).join(', ') || 'none';
    throw new AppError('bad-value', `"${code}" is no item of this plan; its items are: ${planned}.`);
  }
}

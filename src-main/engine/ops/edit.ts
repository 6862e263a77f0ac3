import { AppError } from '../../../src-shared/errors';
import type { RepairItem, RepairPlan } from '../../../src-shared/model/repair-plan';
import { locateMetadata, readMetadata, type VhdMetadata } from '../disk/metadata';
import { OverlayFile, type RandomAccessFile } from '../io';
import { toBuiltPlan, makeIds, type BuiltPlan, type CheckImage, type PlanSource } from '../repair/build-plan';
import { describeChanges } from '../repair/describe-change';
import { EditRecorder } from '../repair/edit-recorder';
import { editFooters, editHeader, isHeaderSound } from '../repair/edit-structures';
import { runPlan, showPlan, type RunOptions } from '../repair/run-plan';
import { findEditField, type EditField } from './edit-fields';

export interface EditOptions extends RunOptions {
  /** Value by field name, as a person writes them; see EDIT_FIELDS. */
  readonly set: Readonly<Record<string, string>>;
}

/**
 * What setting fields would change, byte for byte: a plan as of a repair, with one item a field. Writes nothing.
 * @throws AppError `bad-value`, `type-mismatch`, `too-damaged` where a structure fails its checksum, and of kind `system`.
 */
export function planEdit(path: string, options: EditOptions): Promise<RepairPlan> {
  return showPlan(path, quick(options), (file, source, check) => buildEdit(file, source, options, check));
}

/**
 * Sets fields in footer, copy and header, checksums kept right, under an undo journal.
 * @param stateToken of the plan that was shown; without it the image is taken as it is.
 * @throws AppError as planEdit and runPlan; `has-children` where a new id would orphan images beside it.
 */
export function applyEdit(path: string, options: EditOptions, stateToken?: string): Promise<RepairPlan> {
  return runPlan(
    path,
    quick(options),
    stateToken,
    (file, source, check) => buildEdit(file, source, options, check),
    ({ plan }) => ({
      operation: 'edit',
      title: `Edit: ${plan.map((item) => item.code).join(', ')}`,
      request: { set: options.set },
    }),
  );
}

/** No field that can be set says anything about blocks. */
const quick = (options: EditOptions): EditOptions => ({ ...options, deep: false });

async function buildEdit(
  image: RandomAccessFile,
  source: PlanSource,
  { set }: EditOptions,
  check: CheckImage,
): Promise<BuiltPlan> {
  const wanted = Object.entries(set).map(([name, value]) => ({ field: findEditField(name), value }));
  if (wanted.length === 0) throw new AppError('usage', 'Name at least one field to set.');
  const before = await check(image);
  const overlay = await OverlayFile.over(image);
  const recorder = await EditRecorder.over(overlay);
  const newId = makeIds(source);
  const items: RepairItem[] = [];
  for (const { field, value } of wanted) {
    // no field is in the BAT
    const metadata = await readMetadata(recorder, false);
    requireEditable(image.path, metadata, field);
    await applyField(recorder, metadata, field, parseValue(field, value, metadata, newId));
    items.push(await itemOf(recorder, field));
  }
  const after = await check(overlay);
  return toBuiltPlan(image, source, items, { before, after }, overlay, recorder);
}

function parseValue(
  field: EditField,
  value: string,
  metadata: VhdMetadata,
  newId: () => string,
): (bytes: Uint8Array) => void {
  const edit = field.parse(value.trim(), metadata, newId);
  if (edit) return edit;
  throw new AppError('bad-value', `"${value}" is no value for ${field.name}; give ${field.values}.`);
}

/** A checksum that fails is a finding for repair; to seal it by the way would hide what is wrong. */
function requireEditable(path: string, metadata: VhdMetadata, field: EditField): void {
  const { footer, footerCopy, type } = metadata;
  if (field.structure === 'dynamicHeader') {
    if (type !== 'differencing')
      throw new AppError('type-mismatch', `Only a differencing disk has a parent; "${path}" is none.`, {
        context: { path },
      });
    if (isHeaderSound(metadata)) return;
  } else {
    const footers = [footer, footerCopy].filter((one) => one !== null);
    if (footers.length > 0 && footers.every((one) => one.cookieValid && one.checksum.valid)) return;
  }
  const what = field.structure === 'footers' ? 'footer' : 'dynamic disk header';
  throw new AppError('too-damaged', `The ${what} of "${path}" is damaged; repair it before it is edited.`, {
    context: { path },
    unchanged: 'Nothing was written.',
  });
}

async function applyField(
  file: RandomAccessFile,
  metadata: VhdMetadata,
  field: EditField,
  edit: (bytes: Uint8Array) => void,
): Promise<void> {
  if (field.structure === 'footers') await editFooters(file, metadata, edit);
  else await editHeader(file, metadata, edit);
}

async function itemOf(recorder: EditRecorder, field: EditField): Promise<RepairItem> {
  return {
    code: field.name,
    title: field.title,
    detail: field.detail,
    risk: field.risk,
    selected: true,
    options: [],
    chosen: null,
    dependsOn: [],
    changes: await describeChanges(recorder.takeChanges(), recorder, await locateMetadata(recorder)),
    assumptions: [],
  };
}

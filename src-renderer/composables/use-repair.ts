import { computed, ref, watch, type Ref } from 'vue';
import { asAppError, fromWireError, type AppError } from '../../src-shared/errors';
import type { ChosenTarget } from '../../src-shared/ipc';
import type { BackupKind, RepairItem, RepairPlan } from '../../src-shared/model';
import { api } from '../api';
import { undoByJournal } from '../api/undo-by-journal';
import { t } from '../i18n';
import { useImages } from '../stores/images';
import { useJobs } from '../stores/jobs';

/** What is kept beforehand, beside the undo journal, which always is. */
export type BackupChoice = 'journal' | BackupKind;

/** A repair from plan to undo. The plan is made by main again after every change of the selection. */
export function useRepair(fileId: Ref<string>) {
  const images = useImages();
  const jobs = useJobs();
  /** Every repair there is; what is not selected keeps its changes from here. */
  const base = ref<RepairPlan | null>(null);
  const plan = ref<RepairPlan | null>(null);
  const selected = ref<ReadonlySet<string>>(new Set());
  const choices = ref<Readonly<Record<string, string>>>({});
  const error = ref<AppError | null>(null);
  const planning = ref(false);
  const applying = ref(false);
  const applied = ref<RepairPlan | null>(null);
  const undone = ref(false);
  const backup = ref<BackupChoice>('journal');
  const place = ref<ChosenTarget | null>(null);
  /** The images that depend on this one are given up. */
  const breakChildren = ref(false);
  const jobId = ref<string | null>(null);
  const job = computed(() => (jobId.value ? jobs.byId(jobId.value) : null));
  /** As deep as the last check: what it did not look at is not planned for. */
  const deep = computed(() => images.stateOf(fileId.value).check?.levels.deep ?? false);
  /** The file is not what the plan was made for any more. */
  const isOutdated = computed(() => images.stateOf(fileId.value).outside !== null);
  const children = computed(() => plan.value?.children ?? []);
  const isInterrupted = computed(() => images.stateOf(fileId.value).info?.findings.some(({ code }) => code === 'change-interrupted') ?? false);
  let turn = 0;

  const items = computed<readonly RepairItem[]>(() =>
    (base.value?.plan ?? []).map((item) => plan.value?.plan.find((other) => other.code === item.code) ?? item),
  );
  const isDefault = computed(
    () =>
      Object.keys(choices.value).length === 0 &&
      (base.value?.plan ?? []).every((item) => item.selected === selected.value.has(item.code)),
  );
  /** What the contract is asked for: nothing extra while the selection is the proposed one. */
  const request = computed<{ readonly only?: string[]; readonly choose?: Record<string, string> }>(() =>
    isDefault.value ? {} : { only: [...selected.value], ...(Object.keys(choices.value).length ? { choose: { ...choices.value } } : {}) },
  );
  const risky = computed(() =>
    items.value.some((item) => {
      if (!selected.value.has(item.code)) return false;
      const option = item.options.find((candidate) => candidate.name === (choices.value[item.code] ?? item.chosen));
      return (option?.risk ?? item.risk) === 'data';
    }),
  );
  const blockedReason = computed(() => {
    if (isOutdated.value) return t('check.outdated.first');
    if (isInterrupted.value) return t('check.interrupted.first');
    if (plan.value?.writable === false) return t('check.plan.readOnly');
    if (planning.value || !plan.value) return t('operation.reviewing');
    if (backup.value !== 'journal' && !place.value) return t('check.backup.placeFirst');
    if (backup.value !== 'journal' && place.value?.exists) return t('check.backup.taken');
    if (!selected.value.size) return t('check.plan.nothingSelected');
    return children.value.length && !breakChildren.value ? t('check.children.first') : null;
  });

  async function attempt(run: () => Promise<void>): Promise<void> {
    error.value = null;
    try {
      await run();
    } catch (thrown) {
      error.value = asAppError(thrown);
    }
  }

  /** Makes the plan for the image as it is now: what is certain is selected, and what was chosen before stays so. */
  async function load(): Promise<void> {
    const mine = ++turn;
    planning.value = true;
    let isKept = false;
    await attempt(async () => {
      const fresh = await api().call('repair.plan', { fileId: fileId.value, deep: deep.value });
      if (mine !== turn) return;
      isKept = takePlan(fresh);
    });
    if (mine !== turn) return;
    planning.value = false;
    if (isKept) await replan();
  }

  /** @returns whether the person's choices differ from what the fresh plan proposes. */
  function takePlan(fresh: RepairPlan): boolean {
    const dropped = (base.value?.plan ?? []).filter(({ code }) => !selected.value.has(code)).map(({ code }) => code);
    const kept = Object.entries(choices.value).filter(([code, name]) =>
      fresh.plan.some((item) => item.code === code && item.options.some((option) => option.name === name)),
    );
    base.value = fresh;
    plan.value = fresh;
    choices.value = Object.fromEntries(kept);
    selected.value = new Set([
      ...fresh.plan.filter((item) => item.selected && !dropped.includes(item.code)).map(({ code }) => code),
      ...kept.map(([code]) => code),
    ]);
    return !isDefault.value;
  }

  async function replan(): Promise<void> {
    const mine = ++turn;
    planning.value = true;
    await attempt(async () => {
      const fresh = await api().call('repair.plan', { fileId: fileId.value, deep: deep.value, ...request.value });
      if (mine === turn) plan.value = fresh;
    });
    if (mine === turn) planning.value = false;
  }

  /** Selects an item with what it depends on, or drops it with what depends on it. */
  function toggle(code: string, on: boolean): void {
    const next = new Set(selected.value);
    const all = base.value?.plan ?? [];
    const visit = (current: string): void => {
      if (next.has(current) === on) return;
      if (on) next.add(current);
      else next.delete(current);
      const item = all.find((candidate) => candidate.code === current);
      const others = on ? (item?.dependsOn ?? []) : all.filter((other) => other.dependsOn.includes(current)).map((other) => other.code);
      others.forEach(visit);
    };
    visit(code);
    selected.value = next;
    void replan();
  }

  /** Takes an option; null leaves the item alone. */
  function choose(code: string, option: string | null): void {
    const { [code]: _old, ...rest } = choices.value;
    choices.value = option === null ? rest : { ...rest, [code]: option };
    const next = new Set(selected.value);
    if (option === null) next.delete(code);
    else next.add(code);
    selected.value = next;
    void replan();
  }

  async function apply(): Promise<void> {
    const token = plan.value?.stateToken;
    if (!token || blockedReason.value || applying.value) return;
    applying.value = true;
    await attempt(async () => {
      const copy = backup.value === 'journal' || !place.value ? {} : { backup: backup.value, target: { folderId: place.value.folderId, name: place.value.name } };
      const id = await jobs.start({ verb: 'repair', fileId: fileId.value, stateToken: token, deep: deep.value, ...request.value, ...(children.value.length && breakChildren.value ? { breakChildren: true } : {}), ...copy });
      jobId.value = id;
      const ended = await jobs.finished(id);
      if (ended?.error && ended.state === 'failed') throw fromWireError(ended.error);
      if (ended?.state !== 'succeeded') return;
      applied.value = ended.result as RepairPlan;
      undone.value = false;
      backup.value = 'journal';
      place.value = null;
      forgetChoices();
      await readAgain();
    });
    jobId.value = null;
    applying.value = false;
  }

  /** What was chosen was for the image as it was. */
  function forgetChoices(): void {
    base.value = null;
    choices.value = {};
    breakChildren.value = false;
  }

  /** Facts and check as they are now, as deep as before. */
  async function readAgain(): Promise<void> {
    const levels = images.stateOf(fileId.value).check?.levels;
    await images.load(fileId.value);
    if (levels?.deep) await images.runCheck(fileId.value, levels);
    else await images.ensureCheck(fileId.value);
  }

  async function cancel(): Promise<void> {
    if (jobId.value) await api().call('jobs.cancel', { jobId: jobId.value });
  }

  async function undo(): Promise<void> {
    const journalPath = applied.value?.journal;
    if (!journalPath || applying.value) return;
    applying.value = true;
    await attempt(async () => {
      await undoByJournal(journalPath);
      undone.value = true;
      forgetChoices();
      await readAgain();
    });
    applying.value = false;
  }

  watch(
    [fileId, () => images.stateOf(fileId.value).revision, deep],
    // A plan for a file that changed meanwhile would stand beside a verdict of before.
    () => void (isOutdated.value || load()),
    { immediate: true },
  );

  return { items, plan, selected, choices, error, planning, applying, applied, undone, risky, blockedReason, request, deep, backup, place, breakChildren, children, job, isInterrupted, isOutdated, load, toggle, choose, apply, cancel, undo };
} // prettier-ignore

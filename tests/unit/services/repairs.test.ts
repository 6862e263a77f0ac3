import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventMap } from '../../../src-shared/ipc/events';
import type { JobSnapshot, RepairPlan } from '../../../src-shared/model';
import { useBundledWorker } from '../../support/bundle-engine';
import { useTempFolders } from '../../support/temp';
import { openTestDoor, type TestDoor } from './test-services';

const workerPath = useBundledWorker();
const tempFolder = useTempFolders();
let door: TestDoor;
beforeEach(() => {
  door = openTestDoor(tempFolder('repairs'), { workerPath: workerPath() });
});
afterEach(() => door.services.close());

const repair = (fileId: string, stateToken: string): Promise<JobSnapshot> =>
  door.runJob({ verb: 'repair', fileId, stateToken });

describe('practice disks', () => {
  it.each([
    ['footer-checksum', 'footer-checksum'],
    ['footer-missing', 'footer-missing'],
    ['header-checksum', 'header-checksum'],
    ['overlap', ''],
  ] as const)('%s: is found, can be repaired, and undone byte for byte', async (defect, code) => {
    const { file, defect: says } = await door.call('practice.create', { defect });
    expect(says.length).toBeGreaterThan(20);
    const before = fs.readFileSync(file.displayPath);
    const report = await door.call('image.check', { fileId: file.id });
    expect(report.verdict).toBe('errors');
    if (code !== '') expect(report.findings.map((finding) => finding.code).join(' ')).toContain(code);
    const plan = await door.call('repair.plan', { fileId: file.id });
    if (defect === 'overlap') return;
    expect(plan.plan.some(({ selected }) => selected)).toBe(true);
    const { state, result } = await repair(file.id, plan.stateToken);
    expect(state).toBe('succeeded');
    expect(result).toMatchObject({ applied: true, predictedVerdict: plan.predictedVerdict });
    expect((await door.call('image.check', { fileId: file.id, deep: true })).verdict).not.toBe('errors');
    const { journals } = await door.call('undo.list', {});
    expect(journals).toMatchObject([{ imagePath: file.displayPath, operation: 'repair' }]);
    expect(await door.call('undo.look', { journalId: journals[0]?.id ?? '' })).toEqual({
      state: 'settled',
      usable: true,
      reason: null,
    });
    await door.call('undo.apply', { journalId: journals[0]?.id ?? '' });
    expect(fs.readFileSync(file.displayPath).equals(before)).toBe(true);
    expect((await door.call('undo.list', {})).journals).toMatchObject([
      { journalPath: (result as RepairPlan).journal, state: 'undone' },
    ]);
  });

  it('never take the place of another file', async () => {
    const first = await door.call('practice.create', {});
    const second = await door.call('practice.create', {});
    expect(second.file.displayPath).not.toBe(first.file.displayPath);
  });
});

describe('a plan that was made before the file changed', () => {
  it('is not carried out', async () => {
    const { file } = await door.call('practice.create', {});
    const plan = await door.call('repair.plan', { fileId: file.id });
    fs.appendFileSync(file.displayPath, Buffer.alloc(512));
    const before = fs.readFileSync(file.displayPath);
    expect(await repair(file.id, plan.stateToken)).toMatchObject({
      state: 'failed',
      error: { code: 'file-changed' },
    });
    expect(fs.readFileSync(file.displayPath).equals(before)).toBe(true);
  });
});

describe('a repair that was made', () => {
  it('is told to every page, and recorded in words, not in codes', async () => {
    const { file } = await door.call('practice.create', {});
    const undone: EventMap['file.changed'][] = [];
    door.services.events.on('file.changed', (change) => undone.push(change));
    const told = new Map<string, readonly string[]>();
    door.services.events.on('job.changed', ({ state, changedIds }) => told.set(state, changedIds));
    const { stateToken, writable } = await door.call('repair.plan', { fileId: file.id });
    expect(writable).toBe(true);
    await repair(file.id, stateToken);
    expect(told.get('succeeded')).toEqual([file.id]);
    expect(undone).toEqual([]);
    const [journal] = (await door.call('undo.list', {})).journals;
    expect(journal?.title).toBe('Repair: The footer fails its checksum');
    await door.call('undo.apply', { journalId: journal?.id ?? '' });
    expect(undone).toEqual([{ fileId: file.id, kind: 'own' }]);
  });
});

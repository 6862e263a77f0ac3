import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';

vi.mock('electron', () => ({ app: {}, Menu: {} }));

const { commandOfTask, taskOfCommandLine, TASKS } = await import('../../../src-main/hosts/electron/tasks');

describe('the tasks of the program’s icon', () => {
  it('are found among the words of a start, and only known ones mean anything', () => {
    expect(taskOfCommandLine(['platter', '--disable-gpu', '--task=guide', 'a.vhd'])).toBe('guide');
    expect(taskOfCommandLine(['platter', 'a.vhd'])).toBeNull();
    expect(commandOfTask('create')).toBe('make.create');
    for (const task of ['', 'undo.apply', null, 5, {}, '__proto__']) expect(commandOfTask(task)).toBeNull();
  });

  it('stand in the desktop entry of the Linux packages, too', () => {
    const file = path.resolve(import.meta.dirname, '../../../electron-builder.yml');
    const text = fs.readFileSync(file, 'utf8');
    expect(text).toContain(`Actions: ${TASKS.map(({ name }) => `${name};`).join('')}\n`);
    for (const { name, title } of TASKS)
      expect(text).toContain(`${name}: { Name: ${title}, Exec: /opt/Platter/platter --task=${name} }`);
  });
});

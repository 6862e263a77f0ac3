import { describe, expect, it } from 'vitest';
import { tabFolders } from '../../../src-renderer/components/shell/tab-folder';

const file = (id: string, displayPath: string) => ({
  id,
  displayPath,
  name: displayPath.split(/[\\/]/).at(-1) ?? '',
});

describe('the folder beside the name of a tab', () => {
  it('is the nearest one that tells files of one name apart', () => {
    const files = [
      file('1', '/vms/web/disks/d.vhd'),
      file('2', '/vms/mail/disks/d.vhd'),
      file('3', '/vms/web/disks/other.vhd'),
    ];
    expect([...tabFolders(files)]).toEqual([
      ['1', 'web'],
      ['2', 'mail'],
    ]);
  });

  it('is known on Windows, too, and for a file that lies in a folder of the other one', () => {
    const files = [file('1', 'C:\\vms\\d.vhd'), file('2', 'C:\\vms\\old\\d.vhd')];
    expect([...tabFolders(files)]).toEqual([
      ['1', 'vms'],
      ['2', 'old'],
    ]);
  });
});

import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { attachCommands, type AttachSystem } from '../../../src-main/engine/ops/attach-command';

const request = (system: AttachSystem, type: 'fixed' | 'dynamic' | 'differencing', path = '/vm/disk.vhd') =>
  attachCommands({ path, system, type, virtualSizeBytes: 1_048_576 });

describe('the commands that attach an image', () => {
  it.each(['windows', 'linux', 'macos'] as const)(
    'on %s begin with making one image of a split set',
    (system) => {
      const commands = attachCommands({
        path: '/vm/disk.vhd',
        system,
        type: 'fixed',
        virtualSizeBytes: 1_048_576,
        isSplit: true,
      });
      expect(commands[0]?.command).toBe('platter convert /vm/disk.vhd /vm/disk-whole.vhd --to fixed');
      for (const { command } of commands.slice(1)) expect(command).not.toContain('disk.vhd');
    },
  );

  it.each(['windows', 'linux', 'macos'] as const)(
    'on %s offer read-only first and end with detaching',
    (system) => {
      for (const type of ['fixed', 'dynamic', 'differencing'] as const) {
        const commands = request(system, type);
        const attaching = commands.filter((one) => one.title.startsWith('Attach'));
        expect(attaching[0]?.title).toContain('read-only');
        expect(commands.at(-1)?.title).toBe('Detach');
      }
    },
  );

  it('never let QEMU read a child without its parent, nor choose the size by geometry', () => {
    const [first, second] = request('linux', 'differencing');
    expect(first?.command).toBe('platter convert /vm/disk.vhd /vm/disk-flat.vhd --to dynamic');
    expect(second?.command).toContain('file.filename=/vm/disk-flat.vhd');
    expect(request('linux', 'differencing').some((one) => one.title.includes('writable'))).toBe(false);
    expect(request('linux', 'dynamic')[0]?.command).toContain('force_size_calc=current_size');
  });

  it('keep the footer of a fixed disk out of the loop device', () => {
    expect(request('linux', 'fixed')[0]?.command).toContain('--read-only --sizelimit 1048576');
  });

  it.skipIf(process.platform === 'win32')('survive any name in a shell of Linux or macOS', () => {
    const name = `/vm/it's "a" $(touch x) \`b\` ; & \n name.vhd`;
    const command = request('macos', 'fixed', name)[0]?.command ?? '';
    const words = command.replace(/^hdiutil attach/, 'printf "%s\\0"');
    const printed = execFileSync('bash', ['-c', words]).toString().split('\0');
    expect(printed).toContain(name);
  });

  it('double every kind of quote that PowerShell takes for one', () => {
    const [first] = request('windows', 'fixed', "/vm/it's \u2019x\u2018.vhd");
    expect(first?.command).toContain("it''s \u2019\u2019x\u2018\u2018.vhd' -Access ReadOnly");
  });
});

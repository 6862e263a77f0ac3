import { describe, expect, it, vi } from 'vitest';

vi.mock('electron', () => ({ app: { isPackaged: true } }));

const { commandLineOf } = await import('../../../src-main/hosts/electron/command-line');
const verbOf = (...words: string[]): readonly string[] | null =>
  commandLineOf(['/opt/Platter/platter', ...words]);

describe('whether a start of the packaged program is a verb', () => {
  it('is by a bare word that is no file, by --help and --version', () => {
    expect(verbOf('info', 'disk.vhd', '--json')).toEqual(['info', 'disk.vhd', '--json']);
    expect(verbOf('--version')).toEqual(['--version']);
    expect(verbOf('nonsense')).toEqual(['nonsense']);
  });

  it('is not by a file, a switch or nothing: those open the window', () => {
    for (const words of [
      [],
      ['disk.vhd'],
      ['/images/disk'],
      ['src-main'],
      ['--task=create'],
      ['--no-sandbox'],
    ])
      expect(verbOf(...words)).toBeNull();
  });

  it('leaves Chromium’s switches out, and behind the launcher’s -- takes every word as it is', () => {
    expect(verbOf('--no-sandbox', 'info', 'a.vhd', '--disable-gpu')).toEqual(['info', 'a.vhd']);
    expect(verbOf('--no-sandbox', '--no-zygote', '--', 'create', 'a.vhd', '--type=fixed', '--no-sandbox')).toEqual([
      'create', 'a.vhd', '--type=fixed', '--no-sandbox',
    ]); // prettier-ignore
    // A person's own -- stays where it was written.
    expect(verbOf('info', '--', '--odd name.vhd')).toEqual(['info', '--', '--odd name.vhd']);
    expect(verbOf('--', 'disk.vhd')).toBeNull();
  });
});

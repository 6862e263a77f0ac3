import type { AttachSystem } from '../../engine';
import { describeAttaching } from '../../services/look/attach';
import { EXIT_DONE, type Verb } from '../verb';

const NOTE_OF_PATH =
  'The paths in these commands are those of this computer; there, write the name that the file has on that one.';

const SYSTEMS = ['windows', 'linux', 'macos'] as const;

export const verb: Verb = {
  spec: {
    name: 'attach-command',
    usage: ['attach-command FILE [--for windows|linux|macos]'],
    about: [
      'The exact commands that attach this image on a system, read-only first, and detach it again. Platter runs none of them and needs no administrator itself.',
    ],
    operands: [{ name: 'FILE', required: true }],
    options: [
      {
        name: 'for',
        value: 'SYSTEM',
        choices: SYSTEMS,
        text: 'windows, linux or macos; this system unless given.',
      },
    ],
    examples: [{ command: 'platter attach-command disk.vhd --for linux', says: 'For a Linux machine.' }],
  },
  async run(args, context) {
    const path = args.operand(0);
    const system = (args.value('for') as AttachSystem | undefined) ?? thisSystem();
    const { commands, notes: warnings } = await describeAttaching(path, system, { signal: context.signal });
    const notes = system === thisSystem() ? warnings : [...warnings, NOTE_OF_PATH];
    context.printJson({ path, system, commands, notes });
    const { out, style } = context;
    for (const { title, command } of commands) {
      out.line(style.faint(`# ${title}`));
      out.line(command);
    }
    for (const note of notes) context.warn(note);
    return EXIT_DONE;
  },
};

function thisSystem(): AttachSystem {
  if (process.platform === 'win32') return 'windows';
  return process.platform === 'darwin' ? 'macos' : 'linux';
}

import { hasMessage, t } from '.';

/** `"platter relink --parent FILE"`, as advice for the command line quotes it. */
const COMMAND = /"platter ([a-z]+)([^"]*)"/g;
/** ` (with --break-children)`: an option the screen asks for by itself. */
const OPTION_ASIDE = / \([^()]*--[a-z][^()]*\)/g;
const COMMAND_LEFT = /\bplatter [a-z]|--[a-z]/;

/** Whether a text still speaks of the command line. */
export const namesCommand = (text: string): boolean => COMMAND_LEFT.test(text);

/** Advice that main words for the command line, with the names the same things have on screen. */
export function screenWords(text: string): string {
  if (!namesCommand(text)) return text;
  return text.replace(OPTION_ASIDE, '').replace(COMMAND, (whole, verb: string, rest: string) => {
    const option = /--(?:finish|remove)\b/.exec(rest)?.[0].slice(2);
    const key = `errors.places.${option ?? verb}`;
    return hasMessage(key) ? t(key) : whole;
  });
}

/** Text from a file made fit to be shown: what is no printable ASCII becomes `\xNN` (or `\uNNNN`). */
export function printable(text: string): string {
  let shown = '';
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x20 && unit < 0x7f) shown += text.charAt(at);
    else if (unit < 0x100) shown += `\\x${unit.toString(16).padStart(2, '0')}`;
    else shown += `\\u${unit.toString(16).padStart(4, '0')}`;
  }
  return shown;
}

/** A path from a file: control characters and unpaired surrogates escaped, letters of any script kept. */
export function printablePath(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Cf}]/gu, (character) => printable(character));
}

/** Gives the person a file to keep: the browser's own download, the system's dialog on the desktop. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download holds the data by the time the next task runs.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

export function saveText(text: string, type: string, name: string): void {
  saveBlob(new Blob([text], { type }), name);
}

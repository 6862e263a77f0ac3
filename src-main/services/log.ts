/** A problem that nobody waits for as an answer: to standard error, for whoever started the program. */
export function logProblem(problem: unknown): void {
  // eslint-disable-next-line no-console -- the one place where main writes to a log
  console.error(problem);
}

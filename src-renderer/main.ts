import './styles/index.css';

/** The next task of the page, after what came in meanwhile was answered. */
const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/**
 * In three tasks instead of a long one, so that the page answers in between: the interface library is made ready while
 * the rest is still on its way, then the program, then the first screen.
 */
async function begin(): Promise<void> {
  const program = import('./start');
  await import('./ui');
  const { start } = await program;
  await nextTask();
  start();
}

void begin();

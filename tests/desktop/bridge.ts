import type { Page } from '@playwright/test';
import type { Input, Output } from '../../src-shared/ipc/contract';
import type { Envelope } from '../../src-shared/ipc/envelope';
import type { MethodName } from '../../src-shared/ipc/method-names';

/** Calls main as the page does. */
export async function call<M extends MethodName>(page: Page, method: M, input: Input<M>): Promise<Output<M>> {
  const envelope = await page.evaluate(
    ([name, value]) =>
      (
        globalThis as unknown as { platter: { invoke: (method: string, input: unknown) => Promise<unknown> } }
      ).platter.invoke(name, value),
    [method, input] as const,
  );
  const answer = envelope as Envelope;
  if (!answer.ok) throw new Error(`${method}: ${answer.error.code}: ${answer.error.message}`);
  return answer.value as never;
}

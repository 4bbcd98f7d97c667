/** The verification could not run: exit code 2. The message says what failed, where, and what to do. */
export class CannotRun extends Error {
  override readonly name = "CannotRun";
}

/** @throws {CannotRun} once who waits for the verification has ended it */
export function checkInterruption(interruption: AbortSignal | undefined): void {
  if (interruption?.aborted) throw new CannotRun("interrupted");
}

/** Waits for the work, no longer than until the interruption. @throws {CannotRun} then; the work itself goes on */
export async function untilInterrupted<Result>(
  work: Promise<Result>,
  interruption: AbortSignal | undefined,
): Promise<Result> {
  checkInterruption(interruption);
  const interrupted = new Promise<never>((_, reject) => {
    interruption?.addEventListener("abort", () => reject(new CannotRun("interrupted")), { once: true });
  });
  return Promise.race([work, interrupted]);
}

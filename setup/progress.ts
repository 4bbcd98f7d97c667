/** Says what setup is doing, and afterwards how long it took; standard output is of the command that needed it. */

/** Runs `work` between two lines on standard error: the title, then the title with the seconds it took. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  console.error(`setup: ${title} …`);
  const start = performance.now();
  const result = await work();
  console.error(`setup: ${title}: done (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return result;
}

/** What went wrong for the user, with the remedy; shown without a stack trace. */
export class SetupError extends Error {
  override name = "SetupError";
}

import { showConsoles } from "./consoles";
import { drift } from "./drift";
import { runEngine } from "./engine";
import { recover } from "./recover";
import { removeStack, type Stack, selectStack } from "./stack";
import { readState } from "./state";

/** Deploys a stack, which comes to be if need be, and prints its outputs. @returns the exit code */
export async function up(stack: Stack, json: boolean): Promise<number> {
  const { engine, reference } = stack;
  if ((await readState(stack)) === undefined) selectStack(stack);
  const gone = await drift(await recover(stack));
  if (gone.length > 0) console.error(`Stopped or removed since the last deploy, so compared first: ${gone.join(", ")}`);
  const refresh = gone.length > 0 ? ["--refresh"] : [];
  const start = Date.now();
  const flags = ["--stack", reference, "--yes", "--skip-preview", "--non-interactive"];
  const exitCode = await runEngine(engine, ["up", ...refresh, ...flags], json ? "aside" : "shown");
  if (exitCode !== 0) {
    showConsoles(stack.name, (await readState(stack))?.ids ?? [], start);
    console.error(
      "\nWhat was made stays, for a look at it (docs/operations.md). Once the cause is removed, `npm run up` makes it " +
        "anew; `npm run destroy` removes it.",
    );
    return exitCode;
  }
  return json ? runEngine(engine, ["stack", "output", "--stack", reference, "--json"]) : 0;
}

/** Shows what {@link up} would do; a stack that does not exist has come to be only for that long. @returns the exit code */
export async function preview(stack: Stack, flags: string[]): Promise<number> {
  const isNew = (await readState(stack)) === undefined;
  if (isNew) selectStack(stack);
  try {
    return await runEngine(stack.engine, ["preview", "--stack", stack.reference, "--non-interactive", ...flags]);
  } finally {
    if (isNew) removeStack(stack);
  }
}

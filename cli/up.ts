import { showConsoles } from "./consoles";
import { drift } from "./drift";
import { type Engine, removeStack, runEngine, selectStack } from "./engine";
import { recover } from "./recover";
import { stackExists } from "./state";

/** Deploys a stack, which comes to be if need be, and prints its outputs. @returns the exit code */
export async function up(engine: Engine, projectDirectory: string, stack: string, json: boolean): Promise<number> {
  if (!stackExists(projectDirectory, stack)) selectStack(engine, projectDirectory, stack);
  const gone = drift(recover(engine, projectDirectory, stack));
  if (gone.length > 0) console.log(`Stopped or removed since the last deploy, so compared first: ${gone.join(", ")}`);
  const refresh = gone.length > 0 ? ["--refresh"] : [];
  const start = Date.now();
  const flags = ["--stack", stack, "--yes", "--skip-preview", "--non-interactive"];
  const exitCode = await runEngine(engine, projectDirectory, ["up", ...refresh, ...flags]);
  if (exitCode !== 0) {
    showConsoles(stack, start);
    console.error(
      "\nWhat was made stays, for a look at it (docs/operations.md). Once the cause is removed, `npm run up` makes it " +
        "anew; `npm run destroy` removes it.",
    );
    return exitCode;
  }
  return json ? runEngine(engine, projectDirectory, ["stack", "output", "--stack", stack, "--json"]) : 0;
}

/** Shows what {@link up} would do; a stack that does not exist has come to be only for that long. @returns the exit code */
export async function preview(
  engine: Engine,
  projectDirectory: string,
  stack: string,
  flags: string[],
): Promise<number> {
  const isNew = !stackExists(projectDirectory, stack);
  if (isNew) selectStack(engine, projectDirectory, stack);
  try {
    return await runEngine(engine, projectDirectory, ["preview", "--stack", stack, "--non-interactive", ...flags]);
  } finally {
    if (isNew) removeStack(engine, projectDirectory, stack);
  }
}

import { showConsoles } from "./consoles";
import { askEngine, type Engine, runEngine } from "./engine";
import { recover } from "./recover";

/** Deploys a stack, which comes to be if need be, and prints its outputs. @returns the exit code */
export async function up(engine: Engine, projectDirectory: string, stack: string, json: boolean): Promise<number> {
  const selected = askEngine(engine, projectDirectory, ["stack", "select", "--create", stack, "--non-interactive"]);
  if (selected.exitCode !== 0) {
    process.stderr.write(selected.stderr || selected.stdout);
    return selected.exitCode;
  }
  recover(engine, projectDirectory, stack);
  const flags = ["--stack", stack, "--yes", "--skip-preview", "--non-interactive"];
  const exitCode = await runEngine(engine, projectDirectory, ["up", ...flags]);
  if (exitCode !== 0) {
    showConsoles(stack);
    return exitCode;
  }
  const output = ["stack", "output", "--stack", stack, ...(json ? ["--json"] : [])];
  return json ? runEngine(engine, projectDirectory, output) : 0;
}

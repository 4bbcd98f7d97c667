/** The verification as a function: outputs and scenarios in, report out. */
import { relative } from "node:path";
import { type LoadedScenario, loadScenario } from "../scenarios/load";
import { Control } from "./control";
import { scenarioProblems, stepProblems } from "./describe";
import { CannotRun } from "./errors";
import { inspect } from "./inspection/inspect";
import type { Outputs } from "./outputs";
import type { Progress } from "./progress";
import { overall, type Report } from "./report";
import { type Environment, runScenario } from "./run";

export interface VerifyOptions {
  outputs: Outputs;
  scenarioFiles: readonly string[];
  /** How long AutoQA may take to settle, each time. */
  timeoutSeconds: number;
  progress: Progress;
}

/**
 * Runs the scenarios one after the other, or inspects an environment of a stage that runs none.
 * @throws {CannotRun} if the environment can't be used
 * @throws {ScenarioError} if a scenario can't; before anything is loaded
 */
export async function verify(options: VerifyOptions): Promise<Report> {
  const { outputs } = options;
  const { stage, generation, autoqa } = outputs;
  const start = performance.now();
  const run: Report["run"] = {
    generation,
    startedAt: new Date().toISOString(),
    seconds: 0,
    autoqaUrl: autoqa.url,
    scenarios: {},
  };
  const report: Report = { stage, autoqa: sourceOf(outputs), status: "passed", scenarios: [], run };
  if (stage === "3") await runScenarios(report, options);
  else report.checks = await inspect(options);
  report.status = overall([...report.scenarios, ...(report.checks ?? [])].map(({ status }) => status));
  run.seconds = (performance.now() - start) / 1000;
  return report;
}

/** Adds to the report. */
async function runScenarios(report: Report, options: VerifyOptions): Promise<void> {
  const { outputs, scenarioFiles, timeoutSeconds, progress } = options;
  const { autoqa, control, controlToken } = outputs;
  if (control === undefined || controlToken === undefined) {
    throw new CannotRun("the outputs lack control or controlToken: read them anew, with --show-secrets");
  }
  const scenarios: LoadedScenario[] = [];
  const names = scenarioFiles.map((file) => relative(process.cwd(), file)).join(", ");
  progress.line(`scenarios: ${names}`);
  await progress.during("RPMs built or taken from the cache", async () => {
    for (const file of scenarioFiles) scenarios.push(await loadScenario(file));
  });
  checkNames(scenarios);
  const environment: Environment = {
    control: new Control(control.url, controlToken),
    autoqaUrl: autoqa.url,
    timeoutSeconds,
  };
  for (const scenario of scenarios) {
    progress.line(scenario.name);
    const { report: taken, times } = await runScenario(scenario, environment, progress);
    report.scenarios.push(taken);
    report.run.scenarios[scenario.name] = times;
    for (const text of [...taken.steps.flatMap(stepProblems), ...scenarioProblems(taken)]) progress.line(`    ${text}`);
  }
}

/** The report tells scenarios apart by their names. */
function checkNames(scenarios: readonly LoadedScenario[]): void {
  const names = scenarios.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new CannotRun(`two of the scenarios are called ${twice}: rename one`);
}

function sourceOf({ autoqa: { source } }: Outputs): Report["autoqa"] {
  const { repository, ref, commit } = source;
  return { repository, ref, commit };
}

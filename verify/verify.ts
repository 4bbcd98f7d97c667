/** The verification as a function: outputs and scenarios in, report out. */
import { relative } from "node:path";
import { type LoadedScenario, loadScenario } from "../scenarios/load";
import { Control } from "./control";
import { scenarioProblems, stepProblems } from "./describe";
import { CannotRun } from "./errors";
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
 * Runs the scenarios one after the other.
 * @throws {CannotRun} if the environment can't be used
 * @throws {ScenarioError} if a scenario can't; before anything is loaded
 */
export async function verify({ outputs, scenarioFiles, timeoutSeconds, progress }: VerifyOptions): Promise<Report> {
  const { stage, generation, autoqa, control, controlToken } = outputs;
  if (control === undefined || controlToken === undefined) {
    throw new CannotRun(
      `stage ${stage} has no control API that loads a scenario: deploy stage 3, or run npm run infra`,
    );
  }
  const start = performance.now();
  const run: Report["run"] = {
    generation,
    startedAt: new Date().toISOString(),
    seconds: 0,
    autoqaUrl: autoqa.url,
    scenarios: {},
  };
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
  const report: Report = { stage, autoqa: sourceOf(outputs), status: "passed", scenarios: [], run };
  for (const scenario of scenarios) {
    progress.line(scenario.name);
    const { report: taken, times } = await runScenario(scenario, environment, progress);
    report.scenarios.push(taken);
    run.scenarios[scenario.name] = times;
    for (const text of [...taken.steps.flatMap(stepProblems), ...scenarioProblems(taken)]) progress.line(`    ${text}`);
  }
  report.status = overall(report.scenarios.map(({ status }) => status));
  run.seconds = (performance.now() - start) / 1000;
  return report;
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

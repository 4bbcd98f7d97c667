/** The verification as a function: outputs and scenarios in, report out. */
import { type LoadedScenario, loadScenario } from "../scenarios/load";
import { Control } from "./control";
import { scenarioProblems } from "./describe";
import { CannotRun, untilInterrupted } from "./errors";
import { inspect } from "./inspection/inspect";
import type { Outputs } from "./outputs";
import { type Progress, shownPath } from "./progress";
import { overall, type Report, type ScenarioReport } from "./report";
import { type Environment, runScenario } from "./run";

export interface VerifyOptions {
  outputs: Outputs;
  scenarioFiles: readonly string[];
  /** How long AutoQA may take to settle, each time. */
  timeoutSeconds: number;
  progress: Progress;
  /** Ends the verification early. */
  interruption?: AbortSignal | undefined;
}

/**
 * Runs the scenarios one after the other, or inspects an environment of a stage that runs none. If the environment is lost
 * after some scenarios have been run, or the verification interrupted, these are reported, and the others as not run.
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
  else report.checks = await untilInterrupted(inspect(options), options.interruption);
  report.status = overall([...report.scenarios, ...(report.checks ?? [])].map(({ status }) => status));
  run.seconds = (performance.now() - start) / 1000;
  return report;
}

/** Adds to the report. */
async function runScenarios(report: Report, options: VerifyOptions): Promise<void> {
  const { outputs, scenarioFiles, timeoutSeconds, progress, interruption } = options;
  const { autoqa, control, controlToken } = outputs;
  if (control === undefined || controlToken === undefined) {
    throw new CannotRun("the outputs lack control or controlToken: read them anew, with --show-secrets");
  }
  const scenarios: LoadedScenario[] = [];
  progress.line(`scenarios: ${scenarioFiles.map(shownPath).join(", ")}`);
  await progress.during("RPMs built or taken from the cache", async () => {
    const load = async () => {
      for (const file of scenarioFiles) scenarios.push(await loadScenario(file));
    };
    await untilInterrupted(load(), interruption);
  });
  checkNames(scenarios);
  const environment: Environment = {
    control: new Control(control.url, controlToken, undefined, interruption),
    autoqaUrl: autoqa.url,
    timeoutSeconds,
  };
  for (const [index, scenario] of scenarios.entries()) {
    progress.line(scenario.name);
    try {
      const { report: taken, times } = await runScenario(scenario, environment, progress);
      report.scenarios.push(taken);
      report.run.scenarios[scenario.name] = times;
      for (const text of scenarioProblems(taken)) progress.line(`    ${text}`);
    } catch (error) {
      if (!(error instanceof CannotRun) || index === 0) throw error;
      report.run.brokenOff = error.message;
      report.scenarios.push(...scenarios.slice(index).map(notRun));
      return;
    }
  }
}

function notRun({ name, description }: LoadedScenario): ScenarioReport {
  const error = "the verification ended before this use case did";
  return { name, description, status: "error", error, steps: [], unmodelled: [] };
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

/** Runs one scenario against an environment: load, act, let AutoQA settle, compare, step by step. */
import type { ExpectedPosts } from "../scenarios/format/expectation";
import type { ResolvedStep } from "../scenarios/format/resolve";
import type { LoadedScenario } from "../scenarios/load";
import { type Control, type Posts, Refused } from "./control";
import { stepProblems } from "./describe";
import { checkLog, type LogProblem } from "./logs";
import { comparePosts } from "./posts";
import type { Progress } from "./progress";
import { overall, type RunReport, type ScenarioReport, type StepReport, stepStatus, unmodelledCalls } from "./report";

export interface Environment {
  control: Control;
  /** Where AutoQA's server is reachable. */
  autoqaUrl: string;
  /** How long AutoQA may take to settle, each time. */
  timeoutSeconds: number;
}

export interface ScenarioRun {
  report: ScenarioReport;
  times: RunReport["scenarios"][string];
}

/** AutoQA has not settled in time. */
class Unsettled extends Error {
  override readonly name = "Unsettled";
}

/**
 * @throws {CannotRun} when the environment is not there; what concerns this scenario only is in its report
 */
export async function runScenario(
  scenario: LoadedScenario,
  environment: Environment,
  progress: Progress,
): Promise<ScenarioRun> {
  const { name, description } = scenario;
  const { control } = environment;
  const times: ScenarioRun["times"] = { loadSeconds: 0, stepSeconds: [], calls: 0 };
  const report: ScenarioReport = { name, description, status: "passed", steps: [], unmodelled: [] };
  try {
    const what = `loaded, ${scenario.situation.builds.length} builds, ${scenario.files.size} RPM files`;
    [, times.loadSeconds] = await progress.during(what, () => control.load(scenario.situation, scenario.files));
    const seen: Seen = { results: 0, comments: 0, mail: 0 };
    for (const [index, step] of scenario.steps.entries()) {
      const start = performance.now();
      const taken = await runStep(step, index === 0, seen, environment, progress);
      times.stepSeconds.push((performance.now() - start) / 1000);
      report.steps.push(taken);
      if (taken.status === "error") break;
    }
    const journal = await control.journal();
    times.calls = journal.length;
    report.unmodelled = unmodelledCalls(journal);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    report.error = error.message;
  }
  const own = report.error === undefined ? (report.unmodelled.length === 0 ? "passed" : "failed") : "error";
  report.status = overall([own, ...report.steps.map(({ status }) => status)]);
  return { report, times };
}

/** How many posts of each kind earlier steps have taken up. */
type Seen = Record<"results" | "comments" | "mail", number>;

async function runStep(
  step: ResolvedStep,
  isFirst: boolean,
  seen: Seen,
  environment: Environment,
  progress: Progress,
): Promise<StepReport> {
  const { name, actions, expected } = step;
  try {
    // What the actions change must find AutoQA at rest, or its jobs' numbers would depend on who is faster.
    if (isFirst && actions.length > 0) await settle(environment, progress);
    for (const action of actions) await environment.control.act(action);
    await settle(environment, progress);
    const posts = newPosts(await environment.control.posts(), seen);
    const comparison = comparePosts(expected, posts);
    const logs = await checkLogs(expected, posts, environment.autoqaUrl);
    const status = stepStatus(comparison, logs);
    const report: StepReport = { name, status, actions, ...comparison, logs };
    progress.line(`  ${status === "passed" ? "as expected" : "NOT AS EXPECTED"}: ${name}`);
    for (const text of stepProblems(report)) progress.line(`    ${text.replaceAll("\n", "\n    ")}`);
    return report;
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Unsettled)) throw error;
    progress.line(`  FAILED: ${name}: ${error.message}`);
    return { name, status: "error", error: error.message, actions, results: [], comments: [], logs: [] };
  }
}

/** Posts since the step before, in their order; they are taken up by this. */
function newPosts(posts: Posts, seen: Seen): Posts {
  const fresh = {
    results: posts.results.slice(seen.results),
    comments: posts.comments.slice(seen.comments),
    mail: posts.mail.slice(seen.mail),
  };
  seen.results = posts.results.length;
  seen.comments = posts.comments.length;
  seen.mail = posts.mail.length;
  return fresh;
}

/** One request to settle lasts no longer than this, so that a slow environment says now and then what it waits for. */
const SLICE_SECONDS = 60;

async function settle({ control, timeoutSeconds }: Environment, progress: Progress): Promise<void> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  let pending = "";
  await progress.during(
    "AutoQA has settled",
    async () => {
      for (;;) {
        const left = (deadline - performance.now()) / 1000;
        const answer = await control.settle(Math.max(1, Math.min(SLICE_SECONDS, Math.ceil(left))));
        if (answer.settled) return;
        pending = answer.reason ?? "the control API gives no reason";
        if (answer.final) throw new Unsettled(`AutoQA will not settle: ${pending}`);
        if (performance.now() >= deadline) {
          throw new Unsettled(`AutoQA has not settled within ${timeoutSeconds} s: ${pending}`);
        }
      }
    },
    () => pending,
  );
}

async function checkLogs(expected: ExpectedPosts, posts: Posts, autoqaUrl: string): Promise<LogProblem[]> {
  const urls = new Set(posts.results.map(({ ref_url }) => ref_url ?? ""));
  const checks = [...urls].map((url) => {
    const texts = expected.results.flatMap(({ ref_url, log }) => (ref_url === url ? log : []));
    return checkLog(url, texts, autoqaUrl);
  });
  return (await Promise.all(checks)).flat();
}

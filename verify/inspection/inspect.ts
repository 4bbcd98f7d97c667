/**
 * The inspection of an environment that reads production, where nobody knows what AutoQA should post: whether it works at
 * all, whether anything crashed, and what is wrong whatever production says.
 */
import { Control, type PostedResult, type Posts } from "../control";
import { callText } from "../describe";
import { CannotRun } from "../errors";
import { checkLog } from "../logs";
import type { Outputs } from "../outputs";
import type { Progress } from "../progress";
import { type CheckReport, unmodelledCalls } from "../report";
import { crashesOf } from "./machine";
import { healthProblems, jobProblems, otherProblems, watcherProblems } from "./watchers";

export interface InspectionOptions {
  outputs: Outputs;
  /** How long the watchers' first look may take. */
  timeoutSeconds: number;
  progress: Progress;
}

/** @throws {CannotRun} where the outputs do not say how to reach what is to be inspected */
export async function inspect({ outputs, timeoutSeconds, progress }: InspectionOptions): Promise<CheckReport[]> {
  const { autoqa, machines, sshPrivateKey, control, controlToken } = outputs;
  const checks: CheckReport[] = [];
  const check = async (name: string, find: () => Promise<string[]>): Promise<void> => {
    const problems = await find();
    const status = problems.length === 0 ? "passed" : "failed";
    progress.line(`  ${status === "passed" ? "passed" : "FAILED"}: ${name}`);
    for (const problem of problems) progress.line(`    ${problem}`);
    checks.push({ name, status, problems });
  };
  await check("AutoQA is healthy", () => healthProblems(autoqa.url));
  await check("every watcher has looked at production", () =>
    untilNone(() => watcherProblems(autoqa.url), timeoutSeconds, progress),
  );
  await check("no job crashed or was aborted", () => jobProblems(autoqa.url));
  await check("nothing that AutoQA does is in trouble", () => otherProblems(autoqa.url));
  if (control !== undefined && controlToken !== undefined) {
    const api = new Control(control.url, controlToken);
    await check("no result is a crash", async () => resultProblems(recentResults(await api.posts())));
    await check("the logs of posted results are there", async () =>
      logProblems(recentResults(await api.posts()), autoqa.url),
    );
    await check("AutoQA calls only what is modelled", async () =>
      unmodelledCalls(await api.journal()).map((call) => `call that the mock does not model: ${callText(call)}`),
    );
  }
  for (const machine of machines) {
    if (sshPrivateKey === undefined)
      throw new CannotRun(`the outputs lack sshPrivateKey, with which to ask ${machine.name}`);
    await check(`nothing crashed on ${machine.name}`, () =>
      crashesOf(machine, sshPrivateKey).catch((error: Error) => [`ssh: ${error.message}`]),
    );
  }
  return checks;
}

/** An environment may read production for months: what went wrong before is no problem of this AutoQA, and its log is gone. */
const recentMilliseconds = 24 * 3600 * 1000;

/** @returns the results of the last day; of those that do not say when they are from, all */
function recentResults({ results }: Posts): PostedResult[] {
  return results.filter(({ submit_time }) => {
    return typeof submit_time !== "string" || Date.now() - Date.parse(`${submit_time}Z`) < recentMilliseconds;
  });
}

const resultProblems = (results: readonly PostedResult[]): string[] =>
  results
    .filter(({ outcome }) => outcome === "CRASHED" || outcome === "ABORTED")
    .map(({ testcase, outcome, data, ref_url }) => `${testcase.name} of ${data.item}: ${outcome}: ${ref_url}`);

async function logProblems(results: readonly PostedResult[], autoqaUrl: string): Promise<string[]> {
  const urls = new Set(results.map(({ ref_url }) => ref_url ?? ""));
  const problems = await Promise.all([...urls].map((url) => checkLog(url, [], autoqaUrl)));
  return problems.flat().map(({ ref_url, message }) => `${message}: ${ref_url}`);
}

/** Asks again until there is no problem left or the time is up. @returns the last problems */
async function untilNone(find: () => Promise<string[]>, seconds: number, progress: Progress): Promise<string[]> {
  const deadline = performance.now() + seconds * 1000;
  let problems: string[] = [];
  await progress.during(
    "AutoQA's first look",
    async () => {
      for (;;) {
        problems = await find();
        if (problems.length === 0 || performance.now() > deadline) return;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    () => problems.join("; "),
  );
  return problems;
}

/** AutoQA's own word: whether it is healthy, whether its watchers look, what became of its jobs (docs/autoqa-contract.md). */
import { z } from "zod";

const Status = z.looseObject({
  idle: z.boolean(),
  watchers: z.record(
    z.string(),
    z.looseObject({ started: z.number(), completed: z.number(), problem: z.string().optional() }),
  ),
  jobs: z.record(z.string(), z.number()).default({}),
  problems: z.array(z.string()).default([]),
});

/** @returns what is wrong with `GET /health` */
export async function healthProblems(autoqaUrl: string): Promise<string[]> {
  const answer = await ask(autoqaUrl, "/health");
  return answer.ok ? [] : [answer.problem];
}

/** @returns what is wrong with the watchers: each must have looked at production once, to the end */
export async function watcherProblems(autoqaUrl: string): Promise<string[]> {
  const answer = await ask(autoqaUrl, "/status");
  if (!answer.ok) return [answer.problem];
  const status = Status.safeParse(answer.json);
  if (!status.success) return [`GET /status: ${z.prettifyError(status.error)}`];
  const watchers = Object.entries(status.data.watchers);
  if (watchers.length === 0) return ["AutoQA has no watcher"];
  return watchers.flatMap(([name, { started, completed, problem }]) => {
    if (completed === 0) return [`watcher ${name} has completed none of ${started} looks`];
    return problem === undefined ? [] : [`the last look of watcher ${name} failed: ${problem}`];
  });
}

/** @returns how many jobs ended without a verdict, as far back as AutoQA tells */
export async function jobProblems(autoqaUrl: string): Promise<string[]> {
  const answer = await ask(autoqaUrl, "/status");
  const status = answer.ok ? Status.safeParse(answer.json) : undefined;
  const ended = Object.entries(status?.data?.jobs ?? {});
  return ended.flatMap(([outcome, count]) =>
    (outcome === "CRASHED" || outcome === "ABORTED") && count > 0 ? [`jobs that ended ${outcome}: ${count}`] : [],
  );
}

/** @returns what AutoQA itself says is wrong, and no watcher's: posts that cannot be sent, for instance */
export async function otherProblems(autoqaUrl: string): Promise<string[]> {
  const answer = await ask(autoqaUrl, "/status");
  const status = answer.ok ? Status.safeParse(answer.json) : undefined;
  return status?.data?.problems ?? [];
}

type Answer = { ok: true; json: unknown } | { ok: false; problem: string };

async function ask(autoqaUrl: string, path: string): Promise<Answer> {
  const problem = (text: string): Answer => ({ ok: false, problem: `GET ${path}: ${text}` });
  try {
    const response = await fetch(new URL(path, autoqaUrl), { signal: AbortSignal.timeout(30_000) });
    const text = await response.text();
    if (!response.ok) return problem(`AutoQA answers HTTP ${response.status}`);
    return { ok: true, json: path === "/health" ? undefined : JSON.parse(text) };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
    return problem(cause?.code ?? message);
  }
}

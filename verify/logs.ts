/** The logs that results point to: each URL must answer, with what the scenario says of it. */
import { PUBLIC_URL } from "../scenarios/format/expectation";

export interface LogProblem {
  ref_url: string;
  message: string;
}

/** Where a posted log URL is reachable from here: AutoQA knows itself by one name on every deploy. */
export function reachableUrl(refUrl: string, autoqaUrl: string): string {
  const prefix = `${PUBLIC_URL}/`;
  return refUrl.startsWith(prefix)
    ? new URL(refUrl.slice(prefix.length), `${autoqaUrl.replace(/\/$/, "")}/`).href
    : refUrl;
}

/**
 * What is wrong with a log, that must be there and contain the texts. Only AutoQA's own URLs are asked for: nothing
 * else is of this environment.
 */
export async function checkLog(refUrl: string, texts: readonly string[], autoqaUrl: string): Promise<LogProblem[]> {
  const problem = (message: string) => ({ ref_url: refUrl, message });
  if (!refUrl.startsWith(`${PUBLIC_URL}/`)) return [problem(`the log's URL does not begin with ${PUBLIC_URL}/`)];
  let content: string;
  try {
    const response = await fetch(reachableUrl(refUrl, autoqaUrl), { signal: AbortSignal.timeout(30_000) });
    content = await response.text();
    if (!response.ok) return [problem(`the log answers HTTP ${response.status}`)];
  } catch (error) {
    const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
    return [problem(`the log can't be read: ${cause?.code ?? message}`)];
  }
  if (content.trim() === "") return [problem("the log is empty")];
  const absent = texts.filter((text) => !content.includes(text));
  return absent.map((text) => problem(`the log does not contain ${JSON.stringify(text)}`));
}

/** Results to ResultsDB. */
import { HttpError } from "../http/request";
import type { NewResult, ResultsDb } from "../resultsdb/client";
import type { Post, Verdict } from "./posts";
import { type Delivery, isRefusal, type Reporter } from "./reporter";
import { testcaseName } from "./texts";

export class ResultsDbReporter implements Reporter {
  readonly destination = "resultsdb";
  #outcomes: string[] | undefined;

  constructor(readonly resultsDb: ResultsDb) {}

  async deliver(post: Post): Promise<Delivery> {
    this.#outcomes ??= await this.resultsDb.outcomes();
    const result = toResult(post.payload, this.#outcomes);
    if (post.attempts > 0 && (await this.resultsDb.has(result)))
      return { state: "sent", remark: "had arrived already" };
    try {
      await this.resultsDb.create(result);
    } catch (error) {
      if (error instanceof HttpError && isRefusal(error)) return { state: "refused", remark: error.message };
      throw error;
    }
    return { state: "sent", remark: `${result.testcase} ${result.outcome} for ${result.data.item}` };
  }
}

/** @param accepted outcomes that the server takes; others are said in the note of one that needs inspection */
export function toResult(verdict: Verdict, accepted: readonly string[]): NewResult {
  const { test, outcome, item, type, arch, url, note } = verdict;
  const isAccepted = accepted.includes(outcome);
  return {
    testcase: testcaseName(test),
    outcome: isAccepted ? outcome : "NEEDS_INSPECTION",
    ref_url: url,
    note: isAccepted ? note : `${outcome}: ${note}`,
    data: { item, type, arch },
  };
}

/** What AutoQA says, to the letter. */
import type { Outcome } from "../outcomes";

/** The comment of 2011, as bodhi's 80-column re-wrap leaves it (tflink/mock_fedorainfra's captured samples). */
export function commentText(test: string, outcome: Outcome, arch: string, url: string): string {
  return `AutoQA: ${test} test ${outcome} on ${arch}. Result log:\n${url}\n(results are informative only)`;
}

/** ResultsDB's name of a test. */
export function testcaseName(test: string): string {
  return `dist.${test}`;
}

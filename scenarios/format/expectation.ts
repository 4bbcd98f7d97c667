/**
 * What AutoQA is expected to post. A `verdict` is the short form, a result and the comment that goes with it;
 * `results` and `comments` spell out what has no verdict's regularity.
 */
import { z } from "zod";

const name = z.string().min(1);
const outcome = z.enum(["PASSED", "INFO", "FAILED", "NEEDS_INSPECTION", "ABORTED", "CRASHED"]);
const arch = name.describe("As AutoQA says it: noarch, i386, x86_64");
const email = z.boolean().default(false).describe("Whether the comment asks bodhi to mail it");
const log = oneOrMore(z.string().min(1)).default([]).describe("A text that the result's log must contain, or several");

/** A value, or a list of at least one. */
function oneOrMore<Item extends z.ZodType>(item: Item) {
  return z.union([item, z.array(item).min(1)]);
}

/** AutoQA's name at bodhi, and the user of its jobs. */
const ACCOUNT = "autoqa";

/**
 * AutoQA's word on an item by a test: a ResultsDB result and a comment on the item's update. Of several items each has
 * one; of several architectures each has a job, numbered on from the first.
 */
export const Verdict = z.strictObject({
  job: z.int().positive().describe("The job's number, from 1 in every scenario; of several architectures the first's"),
  test: name.describe("e.g. rpmlint, depcheck"),
  item: oneOrMore(name).describe("A build's name-version-release or an update's alias; or several"),
  outcome: outcome.describe("ABORTED and CRASHED are NEEDS_INSPECTION in ResultsDB, and said in the log"),
  arch: oneOrMore(arch).prefault("noarch"),
  client: name.default("client1").describe("The test client that ran the job"),
  result: z.boolean().default(true).describe("Whether it is in ResultsDB; false while that is out of order"),
  comment: z
    .boolean()
    .optional()
    .describe("Whether it is said on the update. Default: unless ABORTED or CRASHED, which are AutoQA's own troubles"),
  email,
  log,
});

export const ExpectedResult = z.strictObject({
  testcase: name,
  outcome,
  item: name,
  type: name.describe("koji_build or bodhi_update"),
  arch,
  ref_url: name.describe("The log's URL"),
  log,
});

export const ExpectedComment = z.strictObject({
  update: name.describe("The update's alias"),
  text: name.describe("Compared with blanks and line ends as single blanks, for bodhi re-wraps"),
  author: name.default(ACCOUNT),
  karma: z.int().min(-1).max(1).default(0),
  email,
});

export const ExpectedMail = z.strictObject({ to: name, subject: name });

export const Expectation = z.strictObject({
  verdicts: z.array(Verdict).default([]).describe("Each a result and its comment"),
  results: z.array(ExpectedResult).default([]).describe("Results beyond those of the verdicts"),
  comments: z.array(ExpectedComment).default([]).describe("Comments beyond those of the verdicts"),
  mail: z.array(ExpectedMail).optional().describe("All that bodhi mails during the step; not looked at if absent"),
});

export type Verdict = z.infer<typeof Verdict>;
export type ExpectedResult = z.infer<typeof ExpectedResult>;
export type ExpectedComment = z.infer<typeof ExpectedComment>;
export type ExpectedMail = z.infer<typeof ExpectedMail>;
export type Expectation = z.infer<typeof Expectation>;
/** What a step's expectation comes to once its verdicts are spelled out. */
export interface ExpectedPosts {
  results: ExpectedResult[];
  comments: ExpectedComment[];
  mail?: ExpectedMail[];
}

/** Where AutoQA says that it publishes its logs, on every deploy. */
export const PUBLIC_URL = "http://autoqa:8080";

/** The log's URL: the job's number and user, the client, the test, as autotest laid them out. */
function logUrl(job: number, { client, test }: Verdict): string {
  return `${PUBLIC_URL}/results/${job}-${ACCOUNT}/${client}/${test}/results/output.log`;
}

/**
 * Whether the outcome is AutoQA's own trouble and no verdict. ResultsDB has no such outcomes (API v2.0 knows PASSED,
 * INFO, FAILED and NEEDS_INSPECTION): the log says which it is.
 */
function isTrouble(outcome: Verdict["outcome"]): boolean {
  return outcome === "ABORTED" || outcome === "CRASHED";
}

/** Spells out an expectation. `updateOf` gives the alias of the update that a verdict's item is, or is a build of. */
export function expandExpectation(
  expectation: Expectation,
  updateOf: (item: string) => string | undefined,
): ExpectedPosts {
  const results: ExpectedResult[] = [];
  const comments: ExpectedComment[] = [];
  for (const verdict of expectation.verdicts) {
    const { test, outcome, email, result, comment = !isTrouble(outcome) } = verdict;
    const log = [...(isTrouble(outcome) ? [outcome] : []), ...[verdict.log].flat()];
    for (const [index, arch] of [verdict.arch].flat().entries()) {
      const ref_url = logUrl(verdict.job + index, verdict);
      const text = `AutoQA: ${test} test ${outcome} on ${arch}. Result log: ${ref_url} (results are informative only)`;
      for (const item of [verdict.item].flat()) {
        const update = updateOf(item);
        const type = update === item ? "bodhi_update" : "koji_build";
        const posted = isTrouble(outcome) ? "NEEDS_INSPECTION" : outcome;
        if (result) results.push({ testcase: `dist.${test}`, outcome: posted, item, type, arch, ref_url, log });
        if (comment && update !== undefined) comments.push({ update, text, author: ACCOUNT, karma: 0, email });
      }
    }
  }
  return {
    results: [...results, ...expectation.results],
    comments: [...comments, ...expectation.comments],
    ...(expectation.mail === undefined ? {} : { mail: expectation.mail }),
  };
}

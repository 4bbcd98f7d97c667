/**
 * An update's state over the tests expected of it, and what follows for comments and e-mail (tirfa.com, "AutoQA 0.5.0:
 * less spam", and kparal 2011/04/18): a mail only when all expected tests are complete and the update fails or its
 * state has changed; three days of silence while nothing changes.
 */
import type { OwnComment } from "../bodhi/own-comments";
import type { PushTarget } from "../events/events";
import type { Outcome } from "../outcomes";

export interface ExpectedTest {
  test: string;
  arch: string;
}

/** NOTRUN: nothing yet. INCOMPLETE: some, all well so far. FAIL: as soon as one failed. PASS: all, all well. */
export type UpdateState = "PASS" | "FAIL" | "INCOMPLETE" | "NOTRUN";

const silenceMilliseconds = 3 * 24 * 3600 * 1000;

/**
 * The tests an update's state is made of; upgradepath is not expected of what goes to testing.
 * @param tests those that run here: depcheck does not where there are no repositories, and would be awaited for ever
 */
export function expectedTests(target: PushTarget, arches: readonly string[], tests: readonly string[]): ExpectedTest[] {
  const depcheck = arches.map((arch) => ({ test: "depcheck", arch }));
  const all = target === "testing" ? depcheck : [...depcheck, { test: "upgradepath", arch: "noarch" }];
  return all.filter(({ test }) => tests.includes(test));
}

function isBad(outcome: Outcome): boolean {
  return outcome !== "PASSED" && outcome !== "INFO";
}

/** The state after these comments, of which a later one replaces an earlier one of the same test and architecture. */
export function updateState(said: readonly OwnComment[], expected: readonly ExpectedTest[]): UpdateState {
  const last = expected.flatMap((test) => said.findLast((own) => isOf(own, test)) ?? []);
  if (last.some(({ outcome }) => isBad(outcome))) return "FAIL";
  if (last.length === 0) return "NOTRUN";
  return last.length === expected.length ? "PASS" : "INCOMPLETE";
}

function isComplete(said: readonly OwnComment[], expected: readonly ExpectedTest[]): boolean {
  return expected.every((test) => said.some((own) => isOf(own, test)));
}

function isOf(own: OwnComment, { test, arch }: ExpectedTest): boolean {
  return own.test === test && own.arch === arch;
}

/**
 * Whether the last of the comments is to be mailed.
 * @param parts all comments for the present push, divided by edits of the update; the last one is the one in question
 */
export function shouldMail(parts: readonly (readonly OwnComment[])[], expected: readonly ExpectedTest[]): boolean {
  // Which earlier comments were mailed is not written anywhere; the same rules tell it.
  let state: UpdateState = "NOTRUN";
  let lastMail = Number.NEGATIVE_INFINITY;
  let mailed = false;
  for (const part of parts) {
    for (const [i, own] of part.entries()) {
      mailed = false;
      const said = part.slice(0, i + 1);
      if (!expected.some((test) => isOf(own, test)) || !isComplete(said, expected)) continue;
      const next = updateState(said, expected);
      const isNews = next === "FAIL" ? state !== "FAIL" : state === "FAIL";
      const isReminder = next === "FAIL" && own.at.getTime() - lastMail >= silenceMilliseconds;
      mailed = isNews || isReminder;
      if (mailed) lastMail = own.at.getTime();
      state = next;
    }
  }
  return mailed;
}

/**
 * Whether a verdict is to be said at all: not while the same was said of the same builds before, save a failure after
 * three days.
 */
export function shouldSay(said: readonly OwnComment[], next: OwnComment): boolean {
  const last = said.findLast((own) => isOf(own, next));
  if (last === undefined || last.outcome !== next.outcome) return true;
  return isBad(next.outcome) && next.at.getTime() - last.at.getTime() >= silenceMilliseconds;
}

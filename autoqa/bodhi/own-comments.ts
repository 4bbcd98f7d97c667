/**
 * AutoQA's state lives in bodhi's comments: what it said on an update, read back. What was said before the update's
 * builds changed, or for another push, says nothing about the update as it is.
 */
import { type Outcome, outcomes } from "../outcomes";
import type { Comment } from "./types";

/** One of AutoQA's comments. */
export interface OwnComment {
  test: string;
  arch: string;
  outcome: Outcome;
  at: Date;
}

const pattern = /^AutoQA: (\S+) test ([A-Z_]+) on (\S+)\. Result log: \S+ \(results are informative only\)$/;

/** bodhi's own words, in both dialects, when the update's builds change (0.8.3 controllers.py save; models.py edit). */
const edited = /\b(New build\(s\)|Removed build\(s\)):/;
/** … and when it goes on to another repository, or is to (model.py set_request, the masher, check_karma). */
const movedOn = /^This update has been (submitted for|pushed to) |^This update has reached the stable karma threshold/;

/** "name (group)" in bodhi 0.9. */
export function authorName({ author }: Pick<Comment, "author">): string {
  return author.split(" ")[0] ?? "";
}

/** Comments are compared without regard to line ends: bodhi wraps texts anew. */
export function normalise(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

export function parseOwnComment(comment: Comment, username: string): OwnComment | undefined {
  if (authorName(comment) !== username) return undefined;
  const [, test, outcome, arch] = pattern.exec(normalise(comment.text)) ?? [];
  const known = outcomes.find((each) => each === outcome);
  if (test === undefined || arch === undefined || known === undefined) return undefined;
  return { test, arch, outcome: known, at: parseTimestamp(comment.timestamp) };
}

/** bodhi's "YYYY-MM-DD HH:MM:SS", UTC. */
export function parseTimestamp(timestamp: string): Date {
  return new Date(`${timestamp.slice(0, 19).replace(" ", "T")}Z`);
}

/**
 * AutoQA's comments for the push that the update waits for now, divided by edits of its builds: only the last part is
 * about its present builds.
 */
export function currentComments(comments: readonly Comment[], username: string): OwnComment[][] {
  let parts: OwnComment[][] = [[]];
  for (const comment of comments) {
    const own = parseOwnComment(comment, username);
    if (own !== undefined) parts.at(-1)?.push(own);
    else if (authorName(comment) !== "bodhi") continue;
    else if (movedOn.test(normalise(comment.text))) parts = [[]];
    else if (edited.test(comment.text)) parts.push([]);
  }
  return parts;
}

/** Whether AutoQA has accepted the update as it is (is_bodhi_commented): a passed depcheck on the architecture. */
export function isAccepted(comments: readonly Comment[], username: string, test: string, arch: string): boolean {
  const present = currentComments(comments, username).at(-1) ?? [];
  return present.some((own) => own.test === test && own.arch === arch && own.outcome === "PASSED");
}

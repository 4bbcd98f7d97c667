/** Verdicts as comments on bodhi's updates. */
import type { Bodhi } from "../bodhi/client";
import { authorName, currentComments, normalise } from "../bodhi/own-comments";
import { type Update, updateName } from "../bodhi/types";
import { HttpError } from "../http/request";
import type { Post, Verdict } from "./posts";
import { type Delivery, isRefusal, type Reporter } from "./reporter";
import { commentText } from "./texts";
import { expectedTests, shouldMail, shouldSay } from "./update-state";

/** What the reporter needs of bodhi. */
export type Updates = Pick<Bodhi, "update" | "updatesOfBuilds" | "comment">;

export class BodhiReporter implements Reporter {
  readonly destination = "bodhi";

  /**
   * @param tests those that run here: others are not expected of any update
   * @param now AutoQA's clock, which is the scenario's where there is one
   */
  constructor(
    readonly bodhi: Updates,
    readonly username: string,
    readonly tests: readonly string[],
    readonly now: () => Date = () => new Date(),
  ) {}

  async deliver({ payload }: Post): Promise<Delivery> {
    const update = await this.#findUpdate(payload);
    if (update === undefined) return { state: "skipped", remark: `no update for ${payload.item} any more` };
    const text = commentText(payload.test, payload.outcome, payload.arch, payload.url);
    if (isSaid(update, this.username, text)) return { state: "sent", remark: "had arrived already" };
    const obsolete = whatChanged(update, payload);
    if (obsolete !== undefined) return { state: "skipped", remark: obsolete };
    const email = payload.type === "bodhi_update" ? this.#judge(update, payload) : false;
    if (email === undefined) return { state: "skipped", remark: "said before" };
    const name = updateName(update);
    try {
      if (!(await this.bodhi.comment(name, text, email))) {
        throw new Error(`bodhi did not take the comment on ${name}, which it knows`);
      }
    } catch (error) {
      if (error instanceof HttpError && isRefusal(error)) return { state: "refused", remark: error.message };
      throw error;
    }
    return { state: "sent", remark: `comment on ${name}${email ? ", with mail" : ""}` };
  }

  /** Whether to mail the comment; undefined if it is not to be made at all. */
  #judge(update: Update, { test, arch, outcome, target, arches }: Verdict): boolean | undefined {
    const parts = currentComments(update.comments, this.username);
    const present = parts.pop() ?? [];
    const next = { test, arch, outcome, at: this.now() };
    if (!shouldSay(present, next)) return undefined;
    return shouldMail([...parts, [...present, next]], expectedTests(target, arches, this.tests));
  }

  async #findUpdate({ type, item }: Verdict): Promise<Update | undefined> {
    if (type === "bodhi_update") return this.bodhi.update(item);
    return (await this.bodhi.updatesOfBuilds([item])).get(item);
  }
}

/**
 * Why the verdict does not hold of the update as it is. One on an update is about these builds and this push: said
 * after the update was submitted for another, it would be taken for a verdict on that. One on a build holds wherever
 * the build goes, as long as it goes anywhere.
 */
function whatChanged(update: Update, { type, item, builds, target }: Verdict): string | undefined {
  const { request, status } = update;
  if (type === "koji_build") {
    const isWithdrawn = ["unpushed", "obsolete"].includes(status) || (status === "pending" && !request);
    return isWithdrawn ? `the update of ${item} was withdrawn meanwhile` : undefined;
  }
  if (!hasBuilds(update, builds)) return `${item} was edited meanwhile`;
  if (!request) return `${item} waits for no push any more`;
  return request === target ? undefined : `${item} was submitted for ${request} meanwhile`;
}

function hasBuilds(update: Update, judged: readonly string[]): boolean {
  const now = update.builds.map(({ nvr }) => nvr);
  return now.length === judged.length && judged.every((nvr) => now.includes(nvr));
}

function isSaid(update: Update, username: string, text: string): boolean {
  const said = normalise(text);
  return update.comments.some((comment) => authorName(comment) === username && normalise(comment.text) === said);
}

/** Verdicts as comments on bodhi's updates. */
import type { Bodhi } from "../bodhi/client";
import { authorName, currentComments, normalise } from "../bodhi/own-comments";
import { type Update, updateName } from "../bodhi/types";
import { HttpError, Unreachable } from "../http/request";
import type { Post, Verdict } from "./posts";
import type { Delivery, Reporter } from "./reporter";
import { commentText } from "./texts";
import { expectedTests, shouldMail, shouldSay } from "./update-state";

export class BodhiReporter implements Reporter {
  readonly destination = "bodhi";

  /** @param now AutoQA's clock, which is the scenario's where there is one */
  constructor(
    readonly bodhi: Bodhi,
    readonly username: string,
    readonly now: () => Date = () => new Date(),
  ) {}

  async deliver({ payload }: Post): Promise<Delivery> {
    const update = await this.#findUpdate(payload);
    if (update === undefined) return { state: "skipped", remark: `no update for ${payload.item} any more` };
    if (payload.type === "bodhi_update" && !hasBuilds(update, payload.builds)) {
      return { state: "skipped", remark: `${payload.item} was edited meanwhile` };
    }
    const text = commentText(payload.test, payload.outcome, payload.arch, payload.url);
    if (isSaid(update, this.username, text)) return { state: "sent", remark: "had arrived already" };
    const email = payload.type === "bodhi_update" ? this.#judge(update, payload) : false;
    if (email === undefined) return { state: "skipped", remark: "said before" };
    const name = updateName(update);
    try {
      if (!(await this.bodhi.comment(name, text, email))) {
        throw new Unreachable(`bodhi did not take the comment on ${name}, which it knows`);
      }
    } catch (error) {
      if (error instanceof HttpError && error.status === 400) return { state: "refused", remark: error.message };
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
    return shouldMail([...parts, [...present, next]], expectedTests(target, arches));
  }

  async #findUpdate({ type, item }: Verdict): Promise<Update | undefined> {
    if (type === "bodhi_update") return this.bodhi.update(item);
    return (await this.bodhi.updatesOfBuilds([item])).get(item);
  }
}

function hasBuilds(update: Update, judged: readonly string[]): boolean {
  const now = update.builds.map(({ nvr }) => nvr);
  return now.length === judged.length && judged.every((nvr) => now.includes(nvr));
}

function isSaid(update: Update, username: string, text: string): boolean {
  const said = normalise(text);
  return update.comments.some((comment) => authorName(comment) === username && normalise(comment.text) === said);
}

/** Verdicts as comments on bodhi's updates. */
import type { Bodhi } from "../bodhi/client";
import { type Update, updateName } from "../bodhi/types";
import { HttpError, Unreachable } from "../http/request";
import type { Post, Verdict } from "./posts";
import type { Delivery, Reporter } from "./reporter";
import { commentText, normalise } from "./texts";

export class BodhiReporter implements Reporter {
  readonly destination = "bodhi";

  constructor(
    readonly bodhi: Bodhi,
    readonly username: string,
  ) {}

  async deliver({ payload }: Post): Promise<Delivery> {
    const update = await this.#findUpdate(payload);
    if (update === undefined) return { state: "skipped", remark: `no update for ${payload.item} any more` };
    if (payload.type === "bodhi_update" && !hasBuilds(update, payload.builds)) {
      return { state: "skipped", remark: `${payload.item} was edited meanwhile` };
    }
    const text = commentText(payload.test, payload.outcome, payload.arch, payload.url);
    if (isSaid(update, this.username, text)) return { state: "sent", remark: "had arrived already" };
    const name = updateName(update);
    try {
      if (!(await this.bodhi.comment(name, text, false))) {
        throw new Unreachable(`bodhi did not take the comment on ${name}, which it knows`);
      }
    } catch (error) {
      if (error instanceof HttpError && error.status === 400) return { state: "refused", remark: error.message };
      throw error;
    }
    return { state: "sent", remark: `comment on ${name}` };
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
  return update.comments.some(({ author, text }) => author.split(" ")[0] === username && normalise(text) === said);
}

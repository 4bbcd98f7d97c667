/** In place of the reporters where AutoQA posts nothing outside (stage 1): what they would have posted, in a file. */
import type { LocallyCommentedBodhi } from "../bodhi/local-comments";
import type { BodhiReporter } from "./bodhi";
import type { Post } from "./posts";
import type { PostsLog } from "./posts-log";
import type { Delivery, Reporter } from "./reporter";
import { commentText } from "./texts";

export class LocalResultsDbReporter implements Reporter {
  readonly destination = "resultsdb";

  constructor(readonly file: PostsLog) {}

  async deliver(post: Post): Promise<Delivery> {
    this.file.add(post);
    return { state: "skipped", remark: wouldBePosted(post) };
  }
}

/** Judges by what it would have said before whether it would say this, and whether with mail. */
export class LocalBodhiReporter implements Reporter {
  readonly destination = "bodhi";

  /** @param reporter to the same bodhi */
  constructor(
    readonly bodhi: Pick<LocallyCommentedBodhi, "isMailed">,
    readonly reporter: BodhiReporter,
    readonly file: PostsLog,
  ) {}

  async deliver(post: Post): Promise<Delivery> {
    const delivery = await this.reporter.deliver(post);
    if (delivery.state !== "sent") return delivery;
    const { test, outcome, arch, item, url } = post.payload;
    const text = commentText(test, outcome, arch, url);
    const email = this.bodhi.isMailed(item, text);
    this.file.add(post, { text, email });
    return { state: "skipped", remark: `${wouldBePosted(post)}${email ? ", with mail" : ""}` };
  }
}

function wouldBePosted({ payload: { test, outcome, arch, item } }: Post): string {
  return `would be posted: ${test} ${outcome} on ${arch} for ${item}`;
}

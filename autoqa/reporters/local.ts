/** In place of a reporter where AutoQA posts nothing outside (stage 1): what would have been posted, in a file. */
import { appendFileSync } from "node:fs";
import type { Destination, Post } from "./posts";
import type { Delivery, Reporter } from "./reporter";
import { commentText } from "./texts";

export class LocalReporter implements Reporter {
  /** @param file a line of JSON is added for each post */
  constructor(
    readonly destination: Destination,
    readonly file: string,
  ) {}

  async deliver({ job, payload }: Post): Promise<Delivery> {
    const { test, outcome, arch, url } = payload;
    const text = this.destination === "bodhi" ? { text: commentText(test, outcome, arch, url) } : {};
    appendFileSync(this.file, `${JSON.stringify({ destination: this.destination, job, ...payload, ...text })}\n`);
    return { state: "skipped", remark: `would be posted: ${test} ${outcome} on ${arch} for ${payload.item}` };
  }
}

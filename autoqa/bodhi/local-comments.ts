/**
 * Bodhi as it would be if AutoQA could comment there. Without an account (stage 1) its comments are kept here, and are
 * read back among those that bodhi has: so it accepts, repeats and mails what it would with one.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Bodhi } from "./client";
import { authorName, parseTimestamp } from "./own-comments";
import { type Comment, type Release, type Update, updateName } from "./types";

export class LocallyCommentedBodhi {
  /** @param username whose comments in bodhi are not this AutoQA's, and so are left out */
  constructor(
    readonly database: DatabaseSync,
    readonly bodhi: Bodhi,
    readonly username: string,
    readonly now: () => Date = () => new Date(),
  ) {}

  releases(): Promise<Release[]> {
    return this.bodhi.releases();
  }

  async update(titleOrId: string): Promise<Update | undefined> {
    const update = await this.bodhi.update(titleOrId);
    return update && this.#withOwn(update);
  }

  async updatesOfBuilds(nvrs: readonly string[]): Promise<Map<string, Update>> {
    const updates = await this.bodhi.updatesOfBuilds(nvrs);
    return new Map([...updates].map(([nvr, update]) => [nvr, this.#withOwn(update)]));
  }

  async comment(item: string, text: string, email: boolean): Promise<boolean> {
    this.database
      .prepare("INSERT INTO local_comments (item, text, email, at) VALUES (?, ?, ?, ?)")
      .run(item, text, Number(email), this.now().toISOString());
    return true;
  }

  /** Whether the comment on the update was to be mailed. */
  isMailed(item: string, text: string): boolean {
    const query = "SELECT 1 FROM local_comments WHERE item = ? AND text = ? AND email = 1";
    return this.database.prepare(query).get(item, text) !== undefined;
  }

  #withOwn(update: Update): Update {
    const rows = this.database
      .prepare("SELECT text, at FROM local_comments WHERE item = ? ORDER BY id")
      .all(updateName(update));
    const own = rows.map(({ text, at }): Comment => {
      return { author: this.username, text: String(text), timestamp: String(at).slice(0, 19).replace("T", " ") };
    });
    const others = update.comments.filter((comment) => authorName(comment) !== this.username);
    // Bodhi's own words say for which push, and for which builds, a comment was made: their order matters.
    const comments = [...others, ...own].sort(
      (a, b) => parseTimestamp(a.timestamp).getTime() - parseTimestamp(b.timestamp).getTime(),
    );
    return { ...update, comments };
  }
}

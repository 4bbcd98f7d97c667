/** Adding comments as rows, without anything that follows from them. */
import type { Comment, CommentOrigin, Update } from "../../world/bodhi-tables";
import type { World } from "../../world/world";
import { eraOf } from "./era";

export interface NewComment {
  author: string;
  text: string;
  karma: number;
  email: boolean;
  origin: CommentOrigin;
  karmaCritpath?: number;
  bugFeedback?: { bug: number; karma: number }[];
}

/** Groups that 0.9 shows behind an author's name (its configuration's admin_groups). */
const ADMIN_GROUPS = ["proventesters", "security_respons", "releng", "qa"];

/** Adds the row alone, without anything that follows from it. */
export function addComment(world: World, update: Update, comment: NewComment): Comment {
  const user = world.user(comment.author);
  const group = comment.author === "bodhi" ? undefined : ADMIN_GROUPS.find((each) => user.groups.includes(each));
  const row: Comment = {
    id: world.bodhi.comments.length + 1,
    update,
    author: comment.author,
    group: eraOf(update.release) === "0.9" ? (group ?? null) : null,
    text: comment.text,
    karma: comment.karma,
    karmaCritpath: comment.karmaCritpath ?? 0,
    email: comment.email,
    at: world.clock,
    origin: comment.origin,
    bugFeedback: comment.bugFeedback ?? [],
  };
  world.bodhi.comments.push(row);
  update.comments.push(row);
  return row;
}

/** bodhi's own word on an update; it never counts as a post. */
export function bodhiSays(world: World, update: Update, text: string): void {
  addComment(world, update, { author: "bodhi", text, karma: 0, email: false, origin: "bodhi" });
}

/** What bodhi would mail, into the sink (texts: fedora-infra/bodhi 0.8.3 bodhi/mail.py and bodhi-server mail.py). */
import type { Comment, Update } from "../../world/bodhi-tables";
import { toBodhiTime } from "../../world/time";
import type { World } from "../../world/world";
import { karmaOf } from "./karma";

/** Never mailed to: the testers themselves (0.9's `exclude_mail`), and bodhi. */
const EXCLUDED = new Set(["autoqa", "taskotron", "bodhi", "anonymous"]);

export type MailKind = "new" | "edited" | "pushed" | "comment" | "stablekarma" | "unstable";

export function titleOf(update: Update): string {
  return update.builds.join(",");
}

export function authorShown({ author, group }: Comment): string {
  return group === null ? author : `${author} (${group})`;
}

function describe(update: Update): string {
  const lines = [
    "=".repeat(80),
    `     ${update.builds.join(", ")}`,
    "=".repeat(80),
    `  Update ID: ${update.alias}`,
    `    Release: ${update.release.longName}`,
    `     Status: ${update.status}`,
    `       Type: ${update.type}`,
    `      Karma: ${karmaOf(update)}`,
  ];
  if (update.request !== null) lines.push(`    Request: ${update.request}`);
  if (update.bugs.length > 0)
    lines.push(`       Bugs: ${update.bugs.map(({ id, title }) => `${id} - ${title}`).join("\n           : ")}`);
  if (update.notes !== "") lines.push(`      Notes: ${update.notes}`);
  lines.push(`  Submitter: ${update.submitter}`, `  Submitted: ${toBodhiTime(update.submittedAt)}`);
  for (const comment of update.comments) {
    lines.push(
      `   Comments: ${authorShown(comment)} - ${toBodhiTime(comment.at)} (karma ${comment.karma})`,
      comment.text,
    );
  }
  return lines.join("\n");
}

function commentText(comment: Comment): string {
  const karma = comment.karma > 0 ? `+${comment.karma}` : String(comment.karma);
  return `${authorShown(comment)} - ${toBodhiTime(comment.at)} (karma: ${karma})\n${comment.text}`;
}

function body(update: Update, kind: MailKind, agent: string): string {
  const text = describe(update);
  switch (kind) {
    case "comment": {
      const last = update.comments.at(-1);
      const comment = last === undefined ? "" : commentText(last);
      return `The following comment has been added to the ${titleOf(update)} update:\n\n${comment}\n\nTo reply to this comment, please visit the URL at the bottom of this mail\n\n${text}\n`;
    }
    case "stablekarma":
      return `The following update has reached a karma of ${karmaOf(update)} and is being automatically\nmarked as stable.\n\n${text}\n`;
    case "unstable":
      return `The following update has reached a karma of ${karmaOf(update)} and is being automatically\nmarked as unstable.  This update will be unpushed from the repository.\n\n${text}\n`;
    case "pushed":
      return `${titleOf(update)} has been successfully pushed for ${update.release.longName} ${update.status}.\n\n${text}\n`;
    case "new":
      return `${agent} has submitted a new update for ${update.release.longName}\n\n${text}\n`;
    case "edited":
      return `${agent} has edited the ${titleOf(update)} update for ${update.release.longName} ${update.status}\n\n${text}\n`;
  }
}

/** Puts one mail for each person into the sink. */
export function sendMail(world: World, to: Iterable<string>, kind: MailKind, update: Update, agent: string): void {
  const critpath = update.critpath ? "[CRITPATH] " : "";
  for (const name of new Set(to)) {
    if (EXCLUDED.has(name)) continue;
    world.bodhi.mail.push({
      to: world.usersByName.get(name)?.email ?? name,
      subject: `[Fedora Update] ${critpath}[${kind}] ${titleOf(update)}`,
      body: body(update, kind, agent),
      at: world.clock,
    });
  }
}

/** Those who hear of a comment: the submitter and everybody who commented. */
export function peopleToNotify(update: Update): string[] {
  return [update.submitter, ...update.comments.map(({ author }) => author)];
}

/** Commenting, and what karma sets off (0.9: bodhi/model.py, comment; since 2: models.py, comment and check_karma_thresholds). */
import type { Comment, Update } from "../../world/bodhi-tables";
import type { World } from "../../world/world";
import { eraOf } from "./era";
import { BodhiError } from "./errors";
import { compositeKarma, karmaOf, stableKarma, unstableKarma } from "./karma";
import { peopleToNotify, sendMail } from "./mail";
import { obsolete, setRequest } from "./request";
import { addComment, bodhiSays, type NewComment } from "./say";
import { addTag, removeTag } from "./tags";

export interface Caveat {
  name: string;
  description: string;
}

const STABLE_KARMA_COMMENT =
  "This update has reached the stable karma threshold and will be pushed to the stable updates repository";
const AUTOPUSH_DISABLED_COMMENT =
  "Bodhi is disabling automatic push to stable due to negative karma. The maintainer may push manually if they determine that the issue is not severe.";

/** @returns the comment, and what bodhi wants its author to know */
export function comment(world: World, update: Update, given: NewComment): { comment: Comment; caveats: Caveat[] } {
  const caveats: Caveat[] = [];
  const current = eraOf(update.release) === "current";
  let { karma } = given;
  if (current && karma !== 0 && given.author === update.submitter) {
    karma = 0;
    caveats.push({ name: "karma", description: "You may not give karma to your own updates." });
  }
  const previous = update.comments.findLast((each) => each.author === given.author && each.karma !== 0);
  const row = addComment(world, update, { ...given, karma });
  if (karma !== 0 && previous !== undefined && previous.karma !== karma) {
    caveats.push({ name: "karma", description: "Your karma standing was reversed." });
  }
  if (karma !== 0) {
    if (current) caveats.push(...currentThresholds(world, update));
    else oldThresholds(world, update);
  }
  if (given.email) sendMail(world, peopleToNotify(update), "comment", update, given.author);
  // Today's bodhi answers with the update's last comment, its own where the karma has set something off.
  return { comment: current ? (update.comments.at(-1) as Comment) : row, caveats };
}

/** 0.9: exactly at the threshold the update is requested stable, or obsoleted. */
function oldThresholds(world: World, update: Update): void {
  const karma = karmaOf(update);
  const stable = stableKarma(update);
  const pushable = update.status !== "obsolete" && update.status !== "stable" && update.request !== "stable";
  if (stable !== 0 && karma === stable && pushable) {
    if (update.request === "testing") removeTag(world, update.builds, update.release.pendingTestingTag);
    addTag(world, update.builds, update.release.pendingStableTag);
    update.request = "stable";
    update.pushed = false;
    bodhiSays(world, update, STABLE_KARMA_COMMENT);
    sendMail(world, [update.submitter], "stablekarma", update, "bodhi");
  }
  const unstable = unstableKarma(update);
  if (update.status === "testing" && unstable !== 0 && karma === unstable) {
    obsolete(world, update, `This update has reached a karma of ${karma} and is being unpushed and marked as unstable`);
    sendMail(world, [update.submitter], "unstable", update, "bodhi");
  }
}

/** Since 2: at or below the lower threshold it is obsoleted; any negative karma ends the automatism; at the upper one it is requested stable. */
function currentThresholds(world: World, update: Update): Caveat[] {
  if (update.locked || (update.status !== "testing" && update.status !== "pending")) return [];
  if (update.status === "pending" && update.release.state === "frozen") return [];
  const karma = karmaOf(update);
  if (update.unstableKarma !== 0 && karma <= update.unstableKarma) obsolete(world, update, null);
  const { negative } = compositeKarma(update);
  if ((update.autokarma || update.autotime) && negative !== 0 && update.request !== "stable") {
    update.autokarma = false;
    update.autotime = false;
    bodhiSays(world, update, AUTOPUSH_DISABLED_COMMENT);
  }
  if (update.stableKarma === 0 || karma < update.stableKarma || !update.autokarma) return [];
  update.approvedAt ??= world.clock;
  try {
    setRequest(world, update, "stable", "bodhi");
  } catch (error) {
    if (error instanceof BodhiError) return [{ name: "karma", description: error.message }];
    throw error;
  }
  return [];
}

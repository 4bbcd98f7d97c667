/** Karma: what counts of the comments. */
import type { Comment, Update } from "../../world/bodhi-tables";
import { eraOf } from "./era";

/** The comments that count: since builds were last changed, where bodhi resets karma then (since version 2). */
function counted(update: Update): Comment[] {
  if (eraOf(update.release) === "0.9") return update.comments;
  const reset = update.comments.findLastIndex(
    ({ author, text }) => author === "bodhi" && (text.includes("New build") || text.includes("Removed build")),
  );
  return update.comments.slice(reset + 1);
}

/** Each author's last karma counts, positive and negative apart. */
export function compositeKarma(update: Update): { positive: number; negative: number } {
  const last = new Map<string, number>();
  for (const { author, karma } of counted(update)) if (karma !== 0) last.set(author, karma);
  let positive = 0;
  let negative = 0;
  for (const karma of last.values()) {
    if (karma > 0) positive += karma;
    else negative += karma;
  }
  return { positive, negative };
}

export function karmaOf(update: Update): number {
  const { positive, negative } = compositeKarma(update);
  return positive + negative;
}

/** The thresholds that apply: 0.9 has none when automatism is off. */
export function stableKarma(update: Update): number {
  return update.autokarma || eraOf(update.release) === "current" ? update.stableKarma : 0;
}

export function unstableKarma(update: Update): number {
  return update.autokarma || eraOf(update.release) === "current" ? update.unstableKarma : 0;
}

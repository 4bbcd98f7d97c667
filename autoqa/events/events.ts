/** Events: what a watcher has seen, and what tests' controls decide on. Names are AutoQA's own. */
import * as z from "zod";

/** Which of a release's pending tags: what is in it goes to updates-testing, or to stable, at the next push. */
export const PushTarget = z.enum(["testing", "stable"]);
export type PushTarget = z.infer<typeof PushTarget>;

const EventRelease = z.object({
  name: z.string(),
  /** The repositories' first part, e.g. f15. */
  branch: z.string(),
  distTag: z.string(),
  stableTag: z.string(),
  testingTag: z.string(),
});

/** A build came into a release's testing-pending tag. */
export const PostKojiBuild = z.object({
  event: z.literal("post-koji-build"),
  release: EventRelease,
  tag: z.string(),
  /** Name-version-release. */
  build: z.string(),
});

export const PendingUpdate = z.object({
  /** Its id, or its title while it has none. */
  name: z.string(),
  /** Name-version-release of each of its builds. */
  builds: z.array(z.string()),
});
export type PendingUpdate = z.infer<typeof PendingUpdate>;

/** The set of updates in one of a release's pending tags has changed. */
export const PostBodhiUpdateBatch = z.object({
  event: z.literal("post-bodhi-update-batch"),
  release: EventRelease,
  tag: z.string(),
  target: PushTarget,
  /** As AutoQA calls them: i386, x86_64. */
  arches: z.array(z.string()),
  /** Whether this tag changed, or another release's with builds of the same packages. */
  cause: z.enum(["changed", "other-release"]),
  /** The whole pending set, in the order in which it was tagged. */
  updates: z.array(PendingUpdate),
});

export const Event = z.discriminatedUnion("event", [PostKojiBuild, PostBodhiUpdateBatch]);
export type PostKojiBuild = z.infer<typeof PostKojiBuild>;
export type PostBodhiUpdateBatch = z.infer<typeof PostBodhiUpdateBatch>;
export type Event = z.infer<typeof Event>;
export type EventName = Event["event"];

/** What an event is about, for logs and pages. */
export function describeEvent(event: Event): string {
  if (event.event === "post-koji-build") return event.build;
  return `${event.updates.length} update${event.updates.length === 1 ? "" : "s"} in ${event.tag}`;
}

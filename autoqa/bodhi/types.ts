/**
 * What AutoQA reads of bodhi's answers: updates in the 0.9 dialect (fedora-infra/bodhi@0.8.3 bodhi/model.py,
 * PackageUpdate.__json__), releases in the current one (bodhi-server bodhi/server/models.py, Release.__json__).
 */
import * as z from "zod";

export const Release = z.object({
  name: z.string(),
  version: z.string(),
  branch: z.string(),
  id_prefix: z.string(),
  state: z.enum(["disabled", "pending", "frozen", "current", "archived"]),
  dist_tag: z.string(),
  stable_tag: z.string(),
  testing_tag: z.string(),
  pending_testing_tag: z.string(),
  pending_stable_tag: z.string(),
});
export type Release = z.infer<typeof Release>;

export const Comment = z.object({
  /** May carry a group: "name (releng)". */
  author: z.string(),
  text: z.string(),
  /** "YYYY-MM-DD HH:MM:SS", UTC. */
  timestamp: z.string(),
});
export type Comment = z.infer<typeof Comment>;

export const Update = z.object({
  /** The builds' names, joined by commas: an update's identity until it is first pushed. */
  title: z.string(),
  updateid: z.string().nullish(),
  status: z.string(),
  request: z.string().nullish(),
  builds: z.array(z.object({ nvr: z.string() })),
  comments: z.array(Comment),
});
export type Update = z.infer<typeof Update>;

/** The same of the current dialect (bodhi-server bodhi/server/models.py, Update.__json__ and Comment.__json__). */
export const CurrentUpdate = z
  .object({
    alias: z.string(),
    status: z.string(),
    request: z.string().nullish(),
    builds: z.array(z.object({ nvr: z.string() })),
    comments: z
      .array(z.object({ user: z.object({ name: z.string() }), text: z.string(), timestamp: z.string() }))
      .default([]),
  })
  .transform(({ alias, comments, ...update }): Update => {
    return {
      ...update,
      title: update.builds.map(({ nvr }) => nvr).join(","),
      updateid: alias,
      comments: comments.map(({ user, text, timestamp }) => ({ author: user.name, text, timestamp })),
    };
  });

/** What an update is called in results and logs. */
export function updateName(update: Pick<Update, "title" | "updateid">): string {
  return update.updateid ?? update.title;
}

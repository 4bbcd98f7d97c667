/** What AutoQA reads of koji's answers (koji-project/koji kojihub/kojihub.py); further fields are ignored. */
import * as z from "zod";

export const Build = z.object({
  build_id: z.number(),
  nvr: z.string(),
  name: z.string(),
  version: z.string(),
  release: z.string(),
  epoch: z.number().nullish(),
  /** Numbers of koji.BUILD_STATES; 1 is COMPLETE, 2 is DELETED. */
  state: z.number(),
});
export type Build = z.infer<typeof Build>;

/** A row of listTagged. */
export const TaggedBuild = Build.extend({ tag_name: z.string() });
export type TaggedBuild = z.infer<typeof TaggedBuild>;

/** listTagged's answer. */
export function parseTaggedBuilds(answer: unknown): TaggedBuild[] {
  return z.array(TaggedBuild).parse(answer);
}

export const Rpm = z.object({
  name: z.string(),
  version: z.string(),
  release: z.string(),
  epoch: z.number().nullish(),
  arch: z.string(),
  /** Bytes. */
  size: z.number(),
});
export type Rpm = z.infer<typeof Rpm>;

/** A row of the table tag_listing in queryHistory's answer: one build's stay in one tag. */
export const TagHistoryRow = z.object({
  build_id: z.number(),
  create_event: z.number(),
  revoke_event: z.number().nullish(),
  name: z.string(),
  version: z.string(),
  release: z.string(),
});
export type TagHistoryRow = z.infer<typeof TagHistoryRow>;

export const BUILD_STATE_COMPLETE = 1;

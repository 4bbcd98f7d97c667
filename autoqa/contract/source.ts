/** Which AutoQA is meant, as a user says it: a git repository and what to take of it. */
import * as z from "zod";

// git-check-ref-format(1), and nothing that git would take for an option.
const ref = /^(?![-/])(?!.*(?:\.\.|@\{))[^\s\p{Cc}~^:?*[\\]+$/u;

export const Source = z.strictObject({
  /** A URL or a local path. */
  repository: z.string("is missing; ref alone says nothing").regex(/^[^-\s]/, "must be a URL or a path"),
  /** A branch, tag or commit. */
  ref: z.string().regex(ref, "must be a branch, a tag or a commit").default("HEAD"),
});
export type Source = z.infer<typeof Source>;

/** As people may see it. */
export function withoutPassword(text: string): string {
  return text.replaceAll(/(\bhttps?:\/\/)[^/@\s]*@/g, "$1");
}

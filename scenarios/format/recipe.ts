/**
 * An RPM recipe: the few lines of a scenario from which `spec.ts` makes a spec file and rpmbuild a real build (one
 * source RPM, and a binary RPM for each architecture and subpackage).
 */
import { z } from "zod";

const text = z.string().regex(/^[^\n]+$/, "must be one line");
const dependency = z
  .string()
  .regex(/^\S[^\n]*$/, 'must be a dependency as a spec file has it, e.g. "libfoo >= 1.0"')
  .describe('As in a spec file, e.g. "libfoo >= 1.0"');
const dependencies = z.array(dependency).default([]);
const mode = z
  .string()
  .regex(/^0?[0-7]{3,4}$/, 'must be an octal mode in quotes, e.g. "0755"')
  .describe('Octal, in quotes, e.g. "0755"');
const path = z
  .string()
  .regex(/^\/[^\s%"'\\*?[\]{}$`]+$/, "must be an absolute path without blanks, quotes, globs or macros")
  .refine((value) => !value.split("/").includes(".."), "must not contain ..");

/** A packaged file: its content, or more than that. */
export const RecipeFile = z.union([
  z.string().describe("The file's content, mode 0644"),
  z.strictObject({
    content: z.string().default(""),
    mode: mode.default("0644"),
    flag: z.enum(["doc", "config", "config(noreplace)"]).optional().describe("As in the spec file's %files"),
    onlyOn: z
      .array(z.enum(["i686", "x86_64"]))
      .min(1)
      .optional()
      .describe("The architectures that package the file"),
  }),
]);

const relations = {
  requires: dependencies,
  provides: dependencies,
  obsoletes: dependencies,
  conflicts: dependencies,
  files: z.record(path, RecipeFile).default({}).describe("Packaged files by absolute path"),
};

/** Relations that only one architecture's RPMs have, added to the general ones. */
const ArchRelations = z.strictObject({
  requires: dependencies,
  provides: dependencies,
  obsoletes: dependencies,
  conflicts: dependencies,
});

export const Subpackage = z.strictObject({
  summary: text.optional(),
  description: z.string().optional(),
  ...relations,
});

export const Recipe = z.strictObject({
  summary: text.describe("One line, capitalised, without a full stop: rpmlint looks at it"),
  license: text.default("MIT"),
  group: text.default("Applications/System"),
  url: text.optional(),
  description: z.string().optional().describe("Default: the summary as a sentence"),
  arches: z
    .array(z.enum(["noarch", "i686", "x86_64"]))
    .min(1)
    .default(["noarch"])
    .describe("The architectures to build for; noarch stands alone"),
  ...relations,
  onlyOn: z
    .strictObject({ i686: ArchRelations.optional(), x86_64: ArchRelations.optional() })
    .default({})
    .describe("Relations of one architecture only"),
  changelog: z.string().default("Update to this version").describe("The text of the newest changelog entry"),
  subpackages: z
    .record(z.string().regex(/^[A-Za-z0-9._+-]+$/, "must be a package name's suffix"), Subpackage)
    .default({})
    .describe("By name without the package's name, e.g. libs"),
});

export type Recipe = z.infer<typeof Recipe>;
export type RecipeFile = z.infer<typeof RecipeFile>;
export type Subpackage = z.infer<typeof Subpackage>;

/** Real RPMs for the tests, built by rpmbuild from a few lines and kept in a cache. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseNvr } from "../../scenarios/format/nvr";
import { Recipe } from "../../scenarios/format/recipe";
import { defaultCacheDirectory } from "../../scenarios/load";
import { buildRpms } from "../../scenarios/rpm/build";
import type { FakeRpm } from "./fake-infrastructure";

/** A build's RPMs, source included. Without more than a summary rpmlint is content with it. */
export async function rpmsOf(
  nvr: string,
  recipe: Partial<Parameters<typeof Recipe.parse>[0] & object> = {},
): Promise<FakeRpm[]> {
  const parsed = parseNvr(nvr);
  if (parsed === undefined) throw new Error(`not a name-version-release: ${nvr}`);
  const complete = Recipe.parse({
    summary: "Something to test",
    files: { [`/usr/share/doc/${parsed.name}/README`]: { flag: "doc", content: "Read me.\n" } },
    ...recipe,
  });
  const input = {
    nvr: parsed,
    epoch: null,
    recipe: complete,
    packager: "Jane Doe <jane@example.org>",
    date: new Date("2011-05-21T00:00:00Z"),
  };
  const files = await buildRpms(input, { cacheDirectory: defaultCacheDirectory() });
  return files.map(({ path, header }) => ({
    name: header.name,
    arch: basename(path).endsWith(".src.rpm") ? "src" : header.arch,
    content: readFileSync(path),
  }));
}

/** What the schema can't say: names that must be known, names that must be unique, fields that need one another. */
import type { Action } from "./action";
import type { ParsedScenario } from "./parse";
import { type Path, type Problem, ScenarioError, suggest } from "./problem";
import { expandRelease, releaseTags } from "./releases";
import { Release, type Scenario, type ScenarioBuild, type ScenarioRelease, type Step } from "./scenario";

/** A scenario's releases, each in its long form. */
export function longReleases(releases: readonly (string | ScenarioRelease)[]): ScenarioRelease[] {
  return releases.map((release) => (typeof release === "string" ? Release.parse({ name: release }) : release));
}

type Named = "build" | "update" | "tag" | "release" | "item";
/** A name that must be known, and where it stands. */
type Reference = [what: Named, name: string | undefined, path: Path];

/** @throws {ScenarioError} with every problem found. */
export function checkScenario(parsed: ParsedScenario): void {
  const { scenario } = parsed;
  const releases = longReleases(scenario.releases);
  const derivedTags = releases.flatMap((each) => releaseTags(expandRelease(each)));
  const builds = scenario.builds.map(({ nvr }) => nvr);
  const updates = scenario.updates.map(({ alias }) => alias);
  const known: Record<Named, string[]> = {
    release: releases.map(({ name }) => name),
    tag: [...derivedTags, ...scenario.tags].map(({ name }) => name),
    build: builds,
    update: updates,
    item: [...builds, ...updates],
  };
  const sets = new Map(Object.entries(known).map(([what, names]) => [what, new Set(names)]));
  const problems = [
    ...duplicates("releases", "name", known.release),
    ...duplicates("tags", "name", namesOf(scenario.tags)),
    ...duplicates("users", "name", namesOf(scenario.users)),
    ...duplicates("builds", "nvr", builds),
    ...duplicates("updates", "alias", updates),
    ...duplicates("steps", "name", namesOf(scenario.steps)),
    ...references(scenario).flatMap(([what, name, path]): Problem[] => {
      if (name === undefined || sets.get(what)?.has(name)) return [];
      const message = `there is no ${what === "item" ? "build or update" : what} ${JSON.stringify(name)} in this scenario`;
      return [{ path, message, remedy: suggest(name, known[what], what) }];
    }),
    ...scenario.builds.flatMap((build, index) => buildProblems(build, ["builds", index])),
  ];
  if (problems.length > 0) throw new ScenarioError(parsed.file, problems, parsed.locate);
}

function namesOf(named: readonly { name: string }[]): string[] {
  return named.map(({ name }) => name);
}

function duplicates(list: string, field: string, names: readonly string[]): Problem[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const message = `${JSON.stringify(name)} is there twice`;
    return [{ path: [list, index, field], message, remedy: "Rename or remove one." }];
  });
}

function references({ tags, targets, builds, updates, steps }: Scenario): Reference[] {
  return [
    ...tags.flatMap(({ parents }, index) =>
      parents.map((parent, at): Reference => ["tag", parent.tag, ["tags", index, "parents", at, "tag"]]),
    ),
    ...targets.flatMap((target, index): Reference[] => [
      ["tag", target.buildTag, ["targets", index, "buildTag"]],
      ["tag", target.destinationTag, ["targets", index, "destinationTag"]],
    ]),
    ...builds.flatMap((build, index) =>
      (build.tags ?? []).map((tag, at): Reference => {
        return ["tag", typeof tag === "string" ? tag : tag.tag, ["builds", index, "tags", at]];
      }),
    ),
    ...updates.flatMap((update, index): Reference[] => [
      ["release", update.release, ["updates", index, "release"]],
      ...update.builds.map((build, at): Reference => ["build", build, ["updates", index, "builds", at]]),
    ]),
    ...steps.flatMap((step, index) => stepReferences(step, ["steps", index])),
  ];
}

function stepReferences(step: Step, path: Path): Reference[] {
  const { verdicts, results, comments } = step.expect;
  return [
    ...step.do.flatMap((action, at) => actionReferences(action, [...path, "do", at])),
    ...verdicts.flatMap(({ item }, at) =>
      [item].flat().map((each): Reference => ["item", each, [...path, "expect", "verdicts", at, "item"]]),
    ),
    ...results.map(({ item }, at): Reference => ["item", item, [...path, "expect", "results", at, "item"]]),
    ...comments.map(({ update }, at): Reference => ["update", update, [...path, "expect", "comments", at, "update"]]),
  ];
}

function actionReferences(action: Action, path: Path): Reference[] {
  switch (action.action) {
    case "tagBuild":
    case "untagBuild":
      return [
        ["build", action.build, [...path, "build"]],
        ["tag", action.tag, [...path, "tag"]],
      ];
    case "deleteBuild":
      return [["build", action.build, [...path, "build"]]];
    case "editUpdate":
      return [
        ["update", action.update, [...path, "update"]],
        ...(action.builds ?? []).map((build, at): Reference => ["build", build, [...path, "builds", at]]),
      ];
    case "requestUpdate":
    case "commentUpdate":
      return [["update", action.update, [...path, "update"]]];
    case "push":
      return [["release", action.release, [...path, "release"]]];
    default:
      return [];
  }
}

function buildProblems({ recipe, rpms }: ScenarioBuild, path: Path): Problem[] {
  const problems: Problem[] = [];
  if (recipe !== undefined) {
    const at = [...path, "recipe"];
    const { arches } = recipe;
    if (arches.includes("noarch") && arches.length > 1) {
      problems.push({
        path: [...at, "arches"],
        message: "noarch stands alone, a build has either noarch RPMs or those of architectures",
        remedy: "Remove noarch, or the others.",
      });
    }
    for (const arch of Object.keys(recipe.onlyOn)) {
      if ((arches as string[]).includes(arch)) continue;
      const message = `the recipe isn't built for ${arch}`;
      problems.push({ path: [...at, "onlyOn", arch], message, remedy: `Add ${arch} to the recipe's arches.` });
    }
  }
  rpms.forEach(({ path: file, sha256, arch }, index) => {
    const at = [...path, "rpms", index];
    if (file !== undefined && sha256 === undefined) {
      const remedy = `Add sha256: as "sha256sum ${file}" prints it.`;
      problems.push({ path: at, message: `the file ${file} is given without its sha256`, remedy });
    } else if (file === undefined && sha256 !== undefined) {
      problems.push({ path: at, message: "a sha256 without a path", remedy: "Add the file's path." });
    } else if (file === undefined && arch === undefined) {
      const remedy = "Add arch: for an RPM of which there is only metadata, or the path and sha256 of a file.";
      problems.push({ path: at, message: "neither a file nor an architecture", remedy });
    }
  });
  return problems;
}

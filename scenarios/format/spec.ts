/**
 * From a recipe to a spec file. The text depends on nothing but its input, and names no directory: rpmbuild keeps the
 * expanded spec in the source RPM (RPMTAG_SPEC), so a path in it would change the RPM's bytes from place to place.
 */
import type { Nvr } from "./nvr";
import type { Recipe, RecipeFile, Subpackage } from "./recipe";

export interface SpecInput {
  nvr: Nvr;
  epoch: number | null;
  recipe: Recipe;
  /** `name <address>`, the author of the changelog. */
  packager: string;
  /** The changelog's date. */
  date: Date;
}

export interface SpecFile {
  spec: string;
  /** Files for rpmbuild's SOURCES. */
  sources: { name: string; content: string }[];
}

interface PackagedFile {
  path: string;
  /** The number of its Source tag. */
  source: number;
  mode: string;
  flag: string;
  onlyOn: readonly string[];
}

const RELATIONS = ["requires", "provides", "obsoletes", "conflicts"] as const;

/** Text in which rpm is to see no macro. */
function literal(text: string): string {
  return text.replaceAll("%", "%%");
}

function relationLines(relations: Partial<Pick<Subpackage, (typeof RELATIONS)[number]>>): string[] {
  return RELATIONS.flatMap((relation) => {
    const tag = relation[0]?.toUpperCase() + relation.slice(1);
    return (relations[relation] ?? []).map((dependency) => `${tag}: ${literal(dependency)}`);
  });
}

function onArches(arches: readonly string[], lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return arches.length === 0 ? [...lines] : [`%ifarch ${arches.join(" ")}`, ...lines, "%endif"];
}

/** Takes up the files of one package, their contents as further sources. */
function packagedFiles(files: Record<string, RecipeFile>, sources: SpecFile["sources"]): PackagedFile[] {
  return Object.entries(files).map(([path, file]) => {
    const details = typeof file === "string" ? { content: file, mode: "0644" } : file;
    const source = sources.length;
    sources.push({ name: `file-${source}`, content: details.content });
    const { flag, onlyOn = [] } = details as Exclude<RecipeFile, string>;
    return { path, source, mode: details.mode, flag: flag === undefined ? "" : ` %${flag}`, onlyOn };
  });
}

function changelog({ nvr, epoch, recipe, packager, date }: SpecInput): string[] {
  const day = date.toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) .*$/, "$1 $3 $2 $4");
  const evr = `${epoch === null ? "" : `${epoch}:`}${nvr.version}-${nvr.release}`;
  const lines = recipe.changelog.trim().split("\n");
  return [`* ${day} ${literal(packager)} - ${evr}`, ...lines.map((line) => `- ${literal(line.replace(/^-\s*/, ""))}`)];
}

function asSentence(summary: string): string {
  return summary.endsWith(".") ? summary : `${summary}.`;
}

/** The spec file of a recipe and the sources that it installs. */
export function specFile(input: SpecInput): SpecFile {
  const { nvr, epoch, recipe } = input;
  const sources: SpecFile["sources"] = [];
  const mainFiles = packagedFiles(recipe.files, sources);
  const subpackages = Object.entries(recipe.subpackages).map(([suffix, subpackage]) => {
    return { suffix, subpackage, files: packagedFiles(subpackage.files, sources) };
  });
  const allFiles = [mainFiles, ...subpackages.map(({ files }) => files)].flat();

  const install = ({ source, path }: PackagedFile) => `install -D -m 0644 %{SOURCE${source}} "$RPM_BUILD_ROOT"${path}`;
  const listed = ({ onlyOn, mode, flag, path }: PackagedFile) =>
    onArches(onlyOn, [`%attr(${mode}, root, root)${flag} ${path}`]);

  const preamble = [
    `Name: ${nvr.name}`,
    `Version: ${nvr.version}`,
    `Release: ${nvr.release}`,
    ...(epoch === null ? [] : [`Epoch: ${epoch}`]),
    `Summary: ${literal(recipe.summary)}`,
    `License: ${literal(recipe.license)}`,
    `Group: ${literal(recipe.group)}`,
    ...(recipe.url === undefined ? [] : [`URL: ${literal(recipe.url)}`]),
    ...sources.map(({ name }, index) => `Source${index}: ${name}`),
    ...(recipe.arches.includes("noarch") ? ["BuildArch: noarch"] : []),
    "AutoReqProv: no",
    ...relationLines(recipe),
    ...(["i686", "x86_64"] as const).flatMap((arch) => onArches([arch], relationLines(recipe.onlyOn[arch] ?? {}))),
    "",
    "%description",
    literal(recipe.description ?? asSentence(recipe.summary)),
  ];
  const subpackageSections = subpackages.flatMap(({ suffix, subpackage }) => {
    const summary = subpackage.summary ?? `${recipe.summary} (${suffix})`;
    return [
      "",
      `%package ${suffix}`,
      `Summary: ${literal(summary)}`,
      `Group: ${literal(recipe.group)}`,
      "AutoReqProv: no",
      ...relationLines(subpackage),
      "",
      `%description ${suffix}`,
      literal(subpackage.description ?? asSentence(summary)),
    ];
  });
  const body = [
    "",
    "%prep",
    "",
    "%build",
    "",
    "%install",
    ...allFiles.flatMap((file) => onArches(file.onlyOn, [install(file)])),
    "",
    "%files",
    ...mainFiles.flatMap(listed),
    ...subpackages.flatMap(({ suffix, files }) => ["", `%files ${suffix}`, ...files.flatMap(listed)]),
    "",
    "%changelog",
    ...changelog(input),
    "",
  ];
  return { spec: [...preamble, ...subpackageSections, ...body].join("\n"), sources };
}

/** The spec file's name, which rpmlint wants to be the package's. */
export function specName({ nvr }: SpecInput): string {
  return `${nvr.name}.spec`;
}

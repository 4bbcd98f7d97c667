/**
 * What rpmguard finds worth a look between two builds of a package (kparal.wordpress.com/2009/10/21): what is lost,
 * lowered or changed is a warning; what is new is information.
 */
import { compareEvr, parseEvr } from "../../rpm/evr";
import type { Dependency, PackagedFile, RpmContent } from "../../rpm/query";

export interface Finding {
  severity: "W" | "I";
  text: string;
}

const relations = ["requires", "provides", "obsoletes", "conflicts"] as const;

/** The findings between an older and a newer RPM of one name and architecture. */
export function compareRpms(older: RpmContent, newer: RpmContent): Finding[] {
  return [
    ...relations.flatMap((relation) => compareRelation(relation.toUpperCase(), older[relation], newer[relation])),
    ...compareConfig(older.files, newer.files),
    ...compareExecutables(older.files, newer.files),
    ...compareDocs(older.files, newer.files),
    ...compareOwnersAndModes(older.files, newer.files),
  ];
}

function warning(text: string): Finding {
  return { severity: "W", text };
}

function info(text: string): Finding {
  return { severity: "I", text };
}

function compareRelation(what: string, older: readonly Dependency[], newer: readonly Dependency[]): Finding[] {
  const all = new Set([...older, ...newer].map(({ name }) => name));
  // What the file's format asks of RPM is no matter of the package's.
  const names = [...all].filter((name) => !name.startsWith("rpmlib(")).sort();
  return names.flatMap((name): Finding[] => {
    const before = older.filter((dependency) => dependency.name === name);
    const after = newer.filter((dependency) => dependency.name === name);
    if (before.length === 0) return after.map((dependency) => info(`added ${what} ${format(dependency)}`));
    if (after.length === 0) return before.map((dependency) => warning(`removed ${what} ${format(dependency)}`));
    const [was, is] = [highest(before), highest(after)];
    if (!isLowered(was, is)) return [];
    return [warning(`lowered ${what} ${name} (${bound(was)} -> ${bound(is)})`)];
  });
}

function highest(dependencies: readonly Dependency[]): Dependency {
  return dependencies.reduce((best, next) => (isLowered(next, best) ? next : best));
}

/** Whether `is` asks or offers less than `was`. */
function isLowered(was: Dependency, is: Dependency): boolean {
  if (was.version === "" || is.version === "") return was.version !== "" && is.version === "";
  return compareEvr(parseEvr(is.version), parseEvr(was.version)) < 0;
}

function bound({ operator, version }: Dependency): string {
  return version === "" ? "any" : `${operator} ${version}`;
}

function format(dependency: Dependency): string {
  return dependency.version === "" ? dependency.name : `${dependency.name} ${bound(dependency)}`;
}

function byPath(files: readonly PackagedFile[]): Map<string, PackagedFile> {
  return new Map(files.map((file) => [file.path, file]));
}

function compareConfig(older: readonly PackagedFile[], newer: readonly PackagedFile[]): Finding[] {
  const before = byPath(older.filter(({ isConfig }) => isConfig));
  const after = byPath(newer.filter(({ isConfig }) => isConfig));
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path): Finding[] => {
    const [was, is] = [before.get(path), after.get(path)];
    if (was === undefined) return [info(`added CONFIG ${path}`)];
    if (is === undefined) return [warning(`removed CONFIG ${path}`)];
    return was.digest === is.digest ? [] : [info(`changed CONFIG ${path}`)];
  });
}

const regularFile = 0o100000;
const kindOfFile = 0o170000;

function isExecutable({ mode }: PackagedFile): boolean {
  return (mode & kindOfFile) === regularFile && (mode & 0o111) !== 0;
}

function compareExecutables(older: readonly PackagedFile[], newer: readonly PackagedFile[]): Finding[] {
  const before = new Set(older.filter(isExecutable).map(({ path }) => path));
  const after = new Set(newer.filter(isExecutable).map(({ path }) => path));
  return [
    ...[...after].filter((path) => !before.has(path)).map((path) => info(`added EXECUTABLE ${path}`)),
    ...[...before].filter((path) => !after.has(path)).map((path) => warning(`removed EXECUTABLE ${path}`)),
  ];
}

function compareDocs(older: readonly PackagedFile[], newer: readonly PackagedFile[]): Finding[] {
  const count = (files: readonly PackagedFile[]) => files.filter(({ isDoc }) => isDoc).length;
  const [before, after] = [count(older), count(newer)];
  return after < before ? [warning(`reduced DOCS (${before} -> ${after})`)] : [];
}

function compareOwnersAndModes(older: readonly PackagedFile[], newer: readonly PackagedFile[]): Finding[] {
  const before = byPath(older);
  return newer.flatMap((is): Finding[] => {
    const was = before.get(is.path);
    if (was === undefined) return [];
    const findings: Finding[] = [];
    const [owner, newOwner] = [`${was.owner}:${was.group}`, `${is.owner}:${is.group}`];
    if (owner !== newOwner) findings.push(warning(`changed OWNER (${owner} -> ${newOwner}) ${is.path}`));
    if (was.mode !== is.mode) {
      findings.push(warning(`changed MODE (${octal(was.mode)} -> ${octal(is.mode)}) ${is.path}`));
    }
    return findings;
  });
}

function octal(mode: number): string {
  return `0${(mode & ~kindOfFile).toString(8)}`;
}

/** What RPM's own query says of a file (rpm -qp --queryformat); nothing of the package is executed. */
import { exec, ToolError } from "../tools/exec";

export interface Dependency {
  name: string;
  /** "", "<", "<=", "=", ">=" or ">". */
  operator: string;
  /** [epoch:]version[-release], or "". */
  version: string;
}

export interface PackagedFile {
  path: string;
  /** Octal, with the kind of file, e.g. 0100644. */
  mode: number;
  owner: string;
  group: string;
  digest: string;
  isConfig: boolean;
  isDoc: boolean;
}

export interface RpmContent {
  name: string;
  arch: string;
  requires: Dependency[];
  provides: Dependency[];
  obsoletes: Dependency[];
  conflicts: Dependency[];
  files: PackagedFile[];
}

const relations = ["requires", "provides", "obsoletes", "conflicts"] as const;

// All texts are XML-escaped, so none holds a `<`: whatever is in a name, it cannot pass for another column or row.
const row = (kind: string, ...columns: string[]) => `<row>${[kind, ...columns].join("<column>")}`;
const relationRows = relations.map((relation) => {
  const tag = relation.toUpperCase().replace(/S$/, "");
  return `[${row(relation, `%{${tag}NAME:xml}`, `%{${tag}FLAGS:depflags}`, `%{${tag}VERSION:xml}`)}]`;
});
const ownership = ["%{FILEUSERNAME:xml}", "%{FILEGROUPNAME:xml}"];
const fileRow = row(
  "file",
  "%{FILENAMES:xml}",
  "%{FILEMODES:octal}",
  ...ownership,
  "%{FILEDIGESTS:xml}",
  "%{FILEFLAGS:fflags}",
);
const format = [row("package", "%{NAME:xml}", "%{ARCH:xml}"), ...relationRows, `[${fileRow}]`].join("");

/**
 * @param names of files in the directory
 * @returns each file's content, in their order
 * @throws ToolError if rpm cannot read one
 */
export async function queryRpms(directory: string, names: readonly string[]): Promise<RpmContent[]> {
  if (names.length === 0) return [];
  const args = ["-qp", "--nosignature", "--nodigest", "--queryformat", format, ...names];
  const { exitCode, stdout } = await exec("rpm", args, { cwd: directory });
  const contents = parseQuery(stdout);
  if (exitCode !== 0 || contents.length !== names.length) throw new ToolError(`rpm cannot query ${names.join(", ")}`);
  return contents;
}

/** Reads the output of the query above. */
export function parseQuery(output: string): RpmContent[] {
  const contents: RpmContent[] = [];
  for (const row of output.split("<row>").slice(1)) {
    const [kind, ...columns] = row.split("<column>");
    if (kind === "package") {
      const [name = "", arch = ""] = columns.map(text);
      contents.push({ name, arch, requires: [], provides: [], obsoletes: [], conflicts: [], files: [] });
    }
    const content = contents.at(-1);
    const relation = relations.find((each) => each === kind);
    if (content === undefined) continue;
    if (relation !== undefined) content[relation].push(dependency(columns));
    else if (kind === "file") content.files.push(packagedFile(columns));
  }
  return contents;
}

function dependency([name = "", operator = "", version = ""]: string[]): Dependency {
  return { name: text(name), operator: operator.trim(), version: text(version) };
}

function packagedFile([path = "", mode = "", owner = "", group = "", digest = "", flags = ""]: string[]): PackagedFile {
  return {
    path: text(path),
    mode: Number.parseInt(mode, 8),
    owner: text(owner),
    group: text(group),
    digest: text(digest),
    isConfig: flags.includes("c"),
    isDoc: flags.includes("d"),
  };
}

const entities: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** The value of RPM's `<string>…</string>`, or `<string/>`. */
function text(xml: string): string {
  const inner = /<string>([^<]*)<\/string>/.exec(xml)?.[1] ?? "";
  return inner.replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity] ?? entity);
}

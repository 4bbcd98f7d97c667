/** What RPM's own query says of a file (rpm -qp --queryformat); nothing of the package is executed. */
import { basename, dirname } from "node:path";
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

// Values are XML-escaped, so that a name with a line end or a tab in it cannot pass for another row.
const relationFormat = relations
  .map((relation) => {
    const tag = relation.toUpperCase().replace(/S$/, "");
    return `[${relation}\\t%{${tag}NAME:xml}\\t%{${tag}FLAGS:depflags}\\t%{${tag}VERSION:xml}\\f\\n]`;
  })
  .join("");
const fileFormat =
  "[file\\t%{FILENAMES:xml}\\t%{FILEMODES:octal}\\t%{FILEUSERNAME:xml}\\t%{FILEGROUPNAME:xml}\\t%{FILEDIGESTS}\\t%{FILEFLAGS:fflags}\\f\\n]";
const format = `package\\t%{NAME}\\t%{ARCH}\\f\\n${relationFormat}${fileFormat}`;

/** @throws ToolError if rpm cannot read it */
export async function queryRpm(path: string): Promise<RpmContent> {
  const args = ["-qp", "--nosignature", "--nodigest", "--queryformat", format, basename(path)];
  const { exitCode, stdout } = await exec("rpm", args, { cwd: dirname(path) });
  if (exitCode !== 0) throw new ToolError(`rpm cannot query ${basename(path)}`);
  return parseQuery(stdout);
}

/** Reads the output of the query above. */
export function parseQuery(output: string): RpmContent {
  const content: RpmContent = {
    name: "",
    arch: "",
    requires: [],
    provides: [],
    obsoletes: [],
    conflicts: [],
    files: [],
  };
  // The XML format begins with a tab of its own.
  for (const row of output.replaceAll("\t\t<", "\t<").split("\f\n")) {
    const [kind, first = "", second = "", third = "", fourth = "", digest = "", flags = ""] = row.split("\t");
    if (kind === "package") [content.name, content.arch] = [first, second];
    const relation = relations.find((each) => each === kind);
    if (relation !== undefined) {
      content[relation].push({ name: text(first), operator: second.trim(), version: text(third) });
    } else if (kind === "file") {
      content.files.push({
        path: text(first),
        mode: Number.parseInt(second, 8),
        owner: text(third),
        group: text(fourth),
        digest,
        isConfig: flags.includes("c"),
        isDoc: flags.includes("d"),
      });
    }
  }
  return content;
}

const entities: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** The value of RPM's `<string>…</string>`. */
function text(xml: string): string {
  const inner = xml.trim().replace(/^<string>|<\/string>$|^<string\/>$/g, "");
  return inner.replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity] ?? entity);
}

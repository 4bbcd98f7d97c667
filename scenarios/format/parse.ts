/** From the text of a scenario file to a valid `Scenario`, or to errors with line, path and remedy. */
import { type Document, isNode, LineCounter, parseDocument, type YAMLParseError } from "yaml";
import type { z } from "zod";
import { type JsonSchema, knownFields, scenarioJsonSchema } from "./json-schema";
import { type Path, type Position, type Problem, ScenarioError, suggest } from "./problem";
import { Scenario } from "./scenario";

export interface ParsedScenario {
  /** As errors name it. */
  file: string;
  scenario: Scenario;
  /** The position of the value, or of the nearest value around it, at a path inside the file. */
  locate: (path: Path) => Position | undefined;
}

/** @throws {ScenarioError} for what is not YAML, or not a scenario. */
export function parseScenario(text: string, file: string): ParsedScenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new ScenarioError(file, [{ path: [], ...describeYaml(broken) }], () => ({ line, column: col }));
  }
  if (document.contents === null) {
    throw new ScenarioError(file, [{ path: [], message: "is empty", remedy: "docs/scenarios.md shows a scenario." }]);
  }
  const locate = (path: Path): Position | undefined => {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) {
        const { line, col } = lines.linePos(node.range[0]);
        return { line, column: col };
      }
    }
    return undefined;
  };
  const value = plainValue(document, file);
  const parsed = Scenario.safeParse(value);
  if (parsed.success) return { file, scenario: parsed.data, locate };
  const schema = scenarioJsonSchema();
  throw new ScenarioError(
    file,
    parsed.error.issues.flatMap((issue) => explain(issue, [], value, schema)),
    locate,
  );
}

/** The parser's words, save those that speak to a programmer. */
function describeYaml({ code, message }: YAMLParseError): Omit<Problem, "path"> {
  if (code === "MULTIPLE_DOCS") {
    return { message: "a second document begins here", remedy: "A file is one scenario: put the other into another." };
  }
  return { message: /call stack/.test(message) ? "is nested too deeply" : message };
}

/** @throws {ScenarioError} for aliases that multiply beyond measure, or refer to nothing */
function plainValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ScenarioError(file, [{ path: [], message: (error as Error).message }]);
  }
}

type Issue = z.core.$ZodIssue;

/** One zod issue as problems. A union's issues are those of the alternative that the value comes nearest to. */
function explain(issue: Issue, base: Path, document: unknown, schema: JsonSchema): Problem[] {
  const path = [...base, ...issue.path] as (string | number)[];
  if (issue.code === "unrecognized_keys") {
    const known = knownFields(schema, path, document);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown field ${JSON.stringify(key)}`,
      remedy: suggest(key, known, "field"),
    }));
  }
  if (issue.code === "invalid_union") {
    if ("options" in issue && issue.options !== undefined) {
      const given = valueAt(document, path);
      const options = issue.options.map(String);
      const problem = { path, message: `must be one of ${options.join(", ")}` };
      return [typeof given === "string" ? { ...problem, remedy: suggest(given, options, "choice") } : problem];
    }
    const closest = issue.errors.toSorted((a, b) => distance(a) - distance(b))[0] ?? [];
    return closest.flatMap((each) => explain(each, path, document, schema));
  }
  return [{ path, ...describe(issue, valueAt(document, path)) }];
}

/** How far a value is from an alternative: one whose very type is another is farthest. */
function distance(issues: readonly Issue[]): number {
  const otherType = issues.some((issue) => issue.path.length === 0 && issue.code === "invalid_type");
  return (otherType ? 1000 : 0) + issues.length;
}

function describe(issue: Issue, value: unknown): Omit<Problem, "path"> {
  const shown = JSON.stringify(value) ?? "nothing";
  const got = shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
  if (issue.code === "invalid_type") {
    const expected = `${/^[aeiou]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`;
    if (value === undefined) return { message: `is missing, ${expected} is needed` };
    const remedy = issue.expected === "string" && typeof value === "number" ? { remedy: "Write it in quotes." } : {};
    return { message: `must be ${expected}, not ${got}`, ...remedy };
  }
  if (issue.code === "invalid_value") {
    const choices = issue.values.map(String);
    const message = `must be one of ${choices.join(", ")}, not ${got}`;
    return typeof value === "string" ? { message, remedy: suggest(value, choices, "choice") } : { message };
  }
  if (issue.code === "invalid_format" && issue.format === "datetime") {
    return { message: `${got} is no time`, remedy: "Write it as 2011-05-21T17:00:00Z (UTC)." };
  }
  if (issue.code === "invalid_key") {
    return { message: `${got} has a bad key: ${issue.issues.map((each) => each.message).join("; ")}` };
  }
  return { message: `${got}: ${issue.message}` };
}

function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (value as Record<string | number, unknown> | undefined)?.[part],
    document,
  );
}

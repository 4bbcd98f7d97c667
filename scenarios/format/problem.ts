/** What is wrong with a scenario file, said so that its author can put it right: file, line, path inside, remedy. */

export type Path = readonly (string | number)[];

export interface Problem {
  path: Path;
  message: string;
  /** What to do about it. */
  remedy?: string;
}

/** A position in a file, both counted from 1. */
export interface Position {
  line: number;
  column: number;
}

/** A scenario that can't be used. The message has one paragraph per problem. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
  constructor(
    readonly file: string,
    readonly problems: readonly Problem[],
    locate: (path: Path) => Position | undefined = () => undefined,
  ) {
    super(problems.map((problem) => formatProblem(file, problem, locate(problem.path))).join("\n"));
  }
}

function formatProblem(file: string, problem: Problem, position: Position | undefined): string {
  const place = position === undefined ? file : `${file}:${position.line}:${position.column}`;
  const path = formatPath(problem.path);
  const head = [place, ...(path === "" ? [] : [path]), problem.message].join(": ");
  return problem.remedy === undefined ? head : `${head}\n  ${problem.remedy}`;
}

/** `steps[0].expect.verdicts[1].job`; keys that aren't identifiers are quoted. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[A-Za-z_][\w]*$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** The number of insertions, deletions, substitutions and swaps of neighbours that lead from one text to the other. */
export function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      let best = Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) best = Math.min(best, (before[column - 2] ?? 0) + 1);
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[to.length] ?? 0;
}

/** The known name that the given one was most likely meant to be, if any is near enough. */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(given.length / 2));
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** A remedy for a name that isn't known: the nearest one, or all of them as long as they fit a line. */
export function suggest(given: string, known: readonly string[], what: string): string {
  const name = nearest(given, known);
  if (name !== undefined) return `Did you mean ${JSON.stringify(name)}?`;
  if (known.length === 0) return `There is no ${what} here at all.`;
  const shown = known.slice(0, 12).join(", ");
  return `Known here: ${shown}${known.length > 12 ? ", …" : ""}.`;
}

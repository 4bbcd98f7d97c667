/** Commenting through the current bodhi (bodhi-server services/comments.py). */
import type { Update } from "../world/bodhi-tables";
import { requireCaller, requireCsrf } from "./current-auth";
import type { Answer, Call } from "./dialect-09";
import { type Parameters, single } from "./forms";
import { type Problem, RequestError, refuse } from "./query";
import { comment } from "./rules/comment";
import { commentView, type ViewOptions } from "./views";

export function postComment(call: Call, options: ViewOptions): Answer {
  const { world, parameters } = call;
  requireCsrf(call);
  const alias = single(parameters, "update");
  if (alias === undefined) refuse("update", "Required", "body");
  const update = world.bodhi.updatesByAlias.get(alias as string);
  if (update === undefined) throw new RequestError(404, noUpdate(alias as string));
  const text = single(parameters, "text") ?? "";
  const karma = karmaParameter(parameters, "karma");
  const karmaCritpath = karmaParameter(parameters, "karma_critpath");
  const bugFeedback = feedback(parameters, update);
  const author = requireCaller(call);
  if (text === "" && karma === 0 && karmaCritpath === 0 && bugFeedback.every((each) => each.karma === 0)) {
    refuse("comment", "You must provide either some text or feedback", "body");
  }
  const posted = comment(world, update, {
    author,
    text,
    karma,
    karmaCritpath,
    bugFeedback,
    email: true,
    origin: "client",
  });
  const value = { comment: commentView(world, posted.comment, options), caveats: posted.caveats };
  return { status: 200, value, write: true };
}

/** Two more of bodhi's validators look for the update, and each says that there is none. */
function noUpdate(alias: string): Problem[] {
  const invalid: Problem = { location: "url", name: "id", description: "Invalid update" };
  return [{ location: "url", name: "update", description: `Invalid update specified: ${alias}` }, invalid, invalid];
}

function karmaParameter(parameters: Parameters, name: string): number {
  const text = single(parameters, name) || "0";
  const value = Number(text);
  if (!/^\s*[+-]?\d+\s*$/.test(text)) return refuse(name, `"${text}" is not a number`, "body");
  if (value < -1) return refuse(name, `${value} is less than minimum value -1`, "body");
  if (value > 1) return refuse(name, `${value} is greater than maximum value 1`, "body");
  return value;
}

/** `bug_feedback.0.bug_id=1&bug_feedback.0.karma=1`, and the same as JSON. */
function feedback(parameters: Parameters, update: Update): { bug: number; karma: number }[] {
  const rows = new Map<string, { bug: number; karma: number }>();
  const row = (key: string): { bug: number; karma: number } => {
    const known = rows.get(key) ?? { bug: 0, karma: 0 };
    rows.set(key, known);
    return known;
  };
  for (const [name, values] of parameters) {
    const match = /^bug_feedback\.(\d+)\.(bug_id|karma)$/.exec(name);
    if (match !== null) {
      const value = Number(values.at(-1));
      if (match[2] === "karma") row(match[1] as string).karma = value;
      else row(match[1] as string).bug = value;
    }
    if (name === "bug_feedback") {
      values.forEach((text, index) => {
        const value = parseFeedback(text);
        Object.assign(row(`json${index}`), value);
      });
    }
  }
  for (const { bug } of rows.values()) {
    if (!update.bugs.some(({ id }) => id === bug))
      refuse("bug_feedback", `Invalid bug ids specified: ${bug}`, "querystring");
  }
  return [...rows.values()];
}

function parseFeedback(text: string): { bug: number; karma: number } {
  try {
    const value = JSON.parse(text) as { bug_id?: unknown; karma?: unknown };
    return { bug: Number(value.bug_id), karma: Number(value.karma ?? 0) };
  } catch {
    return refuse("bug_feedback", "Invalid JSON", "body");
  }
}

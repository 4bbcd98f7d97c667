/** Inputs of servers that take forms, queries and JSON. */
import type { Bender } from "./bender";
import { type Input, PASSWORD } from "./server";

export const FORM = "application/x-www-form-urlencoded";

export function formInput(bender: Bender, paths: readonly string[], fields: readonly string[], json: boolean): Input {
  const known: Record<string, string> = { user_name: "autoqa", password: PASSWORD };
  const pairs = Array.from({ length: bender.below(6) }, (): [string, string] => {
    const name = bender.next() < 0.95 ? bender.pick(fields) : bender.text();
    return [name, name in known && bender.next() < 0.9 ? (known[name] as string) : bender.text()];
  });
  const query = new URLSearchParams(bender.next() < 0.5 ? pairs : []).toString();
  const bare = bender.next() < 0.95 ? bender.pick(paths) : `/${bender.urlText()}`;
  const path = bare + (bender.next() < 0.05 ? `/${bender.urlText()}` : "") + (query === "" ? "" : `?${query}`);
  const asJson = json || bender.next() < 0.2;
  const object = Object.fromEntries([
    ...pairs,
    ...(json
      ? [
          ["outcome", bender.pick(["PASSED", bender.text()])],
          ["testcase", bender.value()],
          ["data", bender.value()],
          ["groups", bender.value()],
          ["submit_time", bender.value()],
        ]
      : []),
  ] as [string, unknown][]);
  const text = asJson ? jsonOf(object) : new URLSearchParams(pairs).toString();
  const method = bender.pick(["GET", "POST", "POST", "GET", "PUT", "DELETE", "PATCH"]);
  const body = method === "GET" ? Buffer.alloc(0) : Buffer.from(text);
  return {
    method,
    path,
    headers: {
      "content-type": bender.pick([
        asJson ? "application/json" : FORM,
        asJson ? "application/json" : FORM,
        "multipart/form-data; boundary=x",
        "text/plain",
      ]),
    },
    body: bender.next() < 0.6 ? body : bender.bend(body),
  };
}

/** JSON of what may hold integers that JSON cannot tell. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? Number(each) : each));
}

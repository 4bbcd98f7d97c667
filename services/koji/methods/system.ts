/** The hub on itself: versions, introspection, searching, counting. */
import { genericError } from "../../world/errors";
import { isStruct, numeric, pythonStr, RawValue, type Struct, type Value } from "../../xmlrpc/values";
import { globPattern, truth, Unmodelled } from "../arguments";
import { allSignatures, type Signature } from "../binding";
import { matchAll } from "../client-regexp";
import type { CallContext, Methods } from "../method";
import { applyQueryOptions, orderRows } from "../query-options";

/** The hub whose behaviour is modelled. */
export const KOJI_VERSION = "1.35.3";

function apiEntry(signature: Signature): Struct {
  const { parameters } = signature;
  const names = parameters.map(({ name }) => name);
  const defaults = parameters.filter((parameter) => "fallback" in parameter).map(({ fallback = null }) => fallback);
  const list = signature.text.slice(1, -1);
  return {
    name: signature.name,
    doc: null,
    argspec: [names, signature.rest, signature.keywords, defaults.length === 0 ? null : defaults, [], null, {}],
    argdesc: signature.text,
    args: (list === "" ? [] : list.split(", ")).map((part): Value => {
      const name = part.split("=")[0]?.replace(/^\*+/, "") ?? "";
      const parameter = parameters.find((each) => each.name === name);
      return parameter !== undefined && parameter.fallback !== undefined && parameter.fallback !== null
        ? [name, parameter.fallback]
        : parameter !== undefined && "fallback" in parameter
          ? [name, null]
          : name;
    }),
  };
}

function listRows(value: Value): Struct[] | undefined {
  const rows = value instanceof RawValue ? value.rows() : value;
  return Array.isArray(rows) ? (rows as Struct[]) : undefined;
}

function countAndFilter(
  context: CallContext,
  method: string,
  rest: readonly Value[],
  keywords: Readonly<Record<string, Value>>,
): [number, Value] {
  const { filterOpts = null, ...named } = keywords;
  if (!allSignatures().has(method)) throw genericError(`method ${pythonStr(method)} doesn't exist`);
  let value: Value;
  try {
    value = context.call(method, withKeywords(rest, named));
  } catch (error) {
    if (error instanceof Unmodelled) throw error;
    throw genericError(`method ${pythonStr(method)} raised an exception (${(error as Error).message})`);
  }
  if (value === null) return [0, null];
  const rows = listRows(value);
  if (rows === undefined) throw genericError(`${pythonStr(method)}() did not return a list`);
  const options = isStruct(filterOpts) ? filterOpts : {};
  const sorted = [...rows];
  if (typeof options.order === "string" && options.order !== "") {
    orderRows(sorted, options.order, Object.keys(rows[0] ?? { [options.order.replace(/^-/, "")]: null }));
  }
  const offset = numeric(options.offset) ?? 0;
  const limit = numeric(options.limit);
  return [rows.length, sorted.slice(offset, limit === undefined ? undefined : offset + limit)];
}

function withKeywords(rest: readonly Value[], keywords: Readonly<Record<string, Value>>): Value[] {
  return Object.keys(keywords).length === 0 ? [...rest] : [...rest, { ...keywords, __starstar: true }];
}

function searchRows({ world }: CallContext, type: Value | undefined): Struct[] {
  const named = (rows: readonly { id: number; name: string }[]): Struct[] => rows.map(({ id, name }) => ({ id, name }));
  switch (type) {
    case "package":
      return named(world.packages);
    case "build":
      return world.builds.map(({ id, nvr }) => ({ id, name: nvr }));
    case "tag":
      return named(world.tags.filter(({ revokeEvent }) => revokeEvent === null));
    case "target":
      return named(world.targets.filter(({ revokeEvent }) => revokeEvent === null));
    case "user":
      return named(world.users);
    case "rpm":
      return [...world.rpmsByNvra].map(([nvra, { id }]) => ({ id, name: `${nvra}.rpm` }));
    case "host":
    case "maven":
    case "win":
    case "file":
      return [];
    default:
      throw genericError(`No such search type: ${pythonStr(type)}`);
  }
}

function searchTest(
  terms: Value | undefined,
  matchType: Value | undefined,
  names: readonly string[],
): (name: string) => boolean {
  const text = pythonStr(terms);
  if (matchType === "glob") {
    const glob = globPattern(text);
    return (name) => glob.test(name);
  }
  if (matchType !== "regexp") return (name) => name === text;
  const found = matchAll(text, names);
  if (found === "invalid") throw genericError(`invalid regular expression: ${text}`);
  if (found === "slow") throw new Unmodelled("search(matchType='regexp') with an expression that backtracks too long");
  return (name) => found.has(name);
}

export const systemMethods: Methods = {
  getAPIVersion: () => 1,
  getKojiVersion: () => KOJI_VERSION,
  hello: () => "Hello World",
  echo: (_context, _args, { rest }) => [...rest],
  mavenEnabled: () => false,
  winEnabled: () => false,
  fault() {
    throw genericError("test exception");
  },

  _listapi: () => [...allSignatures().values()].map(apiEntry),
  "system.listMethods": () => [...allSignatures().keys()],
  "system.methodSignature": () => "signatures not supported",
  "system.methodHelp"(_context, { method }) {
    const signature = allSignatures().get(pythonStr(method));
    return signature === undefined ? "" : `${signature.name}${signature.text}`;
  },

  count(context, { methodName }, { rest, keywords }) {
    const method = pythonStr(methodName);
    if (!allSignatures().has(method)) throw genericError(`method ${pythonStr(method)} doesn't exist`);
    const value = context.call(method, withKeywords(rest, keywords));
    if (value === null) return 0;
    const rows = listRows(value);
    if (rows !== undefined) return rows.length;
    return isStruct(value) ? Object.keys(value).length : 1;
  },
  filterResults: (context, { methodName }, { rest, keywords }) =>
    countAndFilter(context, pythonStr(methodName), rest, keywords)[1],
  countAndFilterResults: (context, { methodName }, { rest, keywords }) =>
    countAndFilter(context, pythonStr(methodName), rest, keywords),

  search(context, { terms, type, matchType, queryOpts }) {
    if (!truth(terms)) throw genericError("empty search terms");
    const rows = searchRows(context, type);
    const matches = searchTest(
      terms,
      matchType,
      rows.map(({ name }) => String(name)),
    );
    return applyQueryOptions(
      rows.filter(({ name }) => matches(String(name))),
      queryOpts,
      ["id", "name"],
    );
  },

  getArchiveTypes: () => [],
  getArchiveType: () => null,
};

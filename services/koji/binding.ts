/** Binds the arguments of a call to a method's parameters as Python does, with Python's words when they do not fit. */
import { parameterError } from "../world/errors";
import { isStruct, type Struct, type Value } from "../xmlrpc/values";
import { SIGNATURES } from "./signatures";

interface Parameter {
  name: string;
  /** Absent: required. */
  fallback?: Value;
}

export interface Signature {
  name: string;
  parameters: Parameter[];
  /** Name of the `*args` parameter. */
  rest: string | null;
  /** Name of the `**kwargs` parameter. */
  keywords: string | null;
  text: string;
}

/** Arguments by parameter name; those of `*args` and `**kwargs` apart. */
export interface Bound {
  readonly values: Readonly<Record<string, Value>>;
  readonly rest: readonly Value[];
  readonly keywords: Readonly<Record<string, Value>>;
}

function parseDefault(text: string): Value {
  if (text === "None") return null;
  if (text === "True") return true;
  if (text === "False") return false;
  if (/^-?\d+$/.test(text)) return Number(text);
  const quoted = /^'(.*)'$/.exec(text);
  if (quoted !== null) return quoted[1] as string;
  if (text === "()" || text === "[]") return [];
  throw new Error(`a signature has a default that is not understood: ${text}`);
}

function parseSignature(line: string): Signature {
  const [, name = "", list = ""] = /^([\w.]+)\((.*)\)$/.exec(line) ?? [];
  const signature: Signature = { name, parameters: [], rest: null, keywords: null, text: `(${list})` };
  for (const part of list === "" ? [] : list.split(", ")) {
    const [parameter = "", fallback] = part.split("=");
    if (parameter.startsWith("**")) signature.keywords = parameter.slice(2);
    else if (parameter.startsWith("*")) signature.rest = parameter.slice(1);
    else if (fallback === undefined) signature.parameters.push({ name: parameter });
    else signature.parameters.push({ name: parameter, fallback: parseDefault(fallback) });
  }
  return signature;
}

let signatures: Map<string, Signature> | undefined;

/** Every method that koji's hub has, modelled here or not. */
export function allSignatures(): ReadonlyMap<string, Signature> {
  signatures ??= new Map(
    SIGNATURES.trim()
      .split("\n")
      .map((line) => parseSignature(line))
      .map((signature) => [signature.name, signature]),
  );
  return signatures;
}

/** koji's named arguments: a last struct that has a true `__starstar`. Source: koji/__init__.py, decode_args. */
export function splitKeywords(params: readonly Value[]): { positional: readonly Value[]; named: Struct } {
  const last = params.at(-1);
  if (!isStruct(last) || !last.__starstar) return { positional: params, named: {} };
  const named: Struct = {};
  for (const [name, value] of Object.entries(last)) if (name !== "__starstar") named[name] = value;
  return { positional: params.slice(0, -1), named };
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** @throws KojiError ParameterError */
export function bind(signature: Signature, params: readonly Value[]): Bound {
  const { positional, named } = splitKeywords(params);
  const { name, parameters } = signature;
  if (positional.length > parameters.length && signature.rest === null) {
    const required = parameters.filter((parameter) => !("fallback" in parameter)).length;
    const takes =
      required === parameters.length
        ? count(parameters.length, "positional argument")
        : `from ${required} to ${count(parameters.length, "positional argument")}`;
    const were = positional.length === 1 ? "was" : "were";
    throw parameterError(`${name}() takes ${takes} but ${positional.length} ${were} given`);
  }
  const values: Record<string, Value> = Object.create(null) as Record<string, Value>;
  const keywords: Record<string, Value> = Object.create(null) as Record<string, Value>;
  positional.slice(0, parameters.length).forEach((value, index) => {
    values[(parameters[index] as Parameter).name] = value;
  });
  for (const [key, value = null] of Object.entries(named)) {
    if (key in values) throw parameterError(`${name}() got multiple values for argument '${key}'`);
    if (parameters.some((parameter) => parameter.name === key)) values[key] = value;
    else if (signature.keywords !== null) keywords[key] = value;
    else throw parameterError(`${name}() got an unexpected keyword argument '${key}'`);
  }
  const missing: string[] = [];
  for (const parameter of parameters) {
    if (parameter.name in values) continue;
    if (parameter.fallback === undefined) missing.push(`'${parameter.name}'`);
    else values[parameter.name] = parameter.fallback;
  }
  if (missing.length > 0) {
    const list =
      missing.length < 3 ? missing.join(" and ") : `${missing.slice(0, -1).join(", ")}, and ${missing.at(-1)}`;
    throw parameterError(`${name}() missing ${count(missing.length, "required positional argument")}: ${list}`);
  }
  return { values, rest: positional.slice(parameters.length), keywords };
}

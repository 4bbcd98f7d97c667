import type { Asset } from "../wire/values";

/**
 * A small vocabulary in which each resource is described once: the Pulumi package schema, the validation of inputs and
 * the TypeScript types of the code all follow from the same description.
 */
export type TypeNode<T = unknown> =
  | { kind: "string" | "number" | "integer" | "boolean" | "asset"; infer?: T }
  | { kind: "enum"; name: string; description: string; values: readonly string[]; infer?: T }
  | { kind: "list"; element: TypeNode; infer?: T }
  | { kind: "object"; name: string; description: string; properties: Properties; infer?: T };

export interface Property<T = unknown, Required extends boolean = boolean> {
  type: TypeNode<T>;
  description: string;
  required: Required;
  /** Changes in place; every other change replaces the resource. */
  updatable?: boolean;
}

export type Properties = { [name: string]: Property };

type Simplify<T> = { [K in keyof T]: T[K] };

/** The TypeScript type of an object with these properties. */
export type Infer<P extends Properties> = Simplify<
  { [K in keyof P as P[K]["required"] extends true ? K : never]: Inferred<P[K]> } & {
    [K in keyof P as P[K]["required"] extends true ? never : K]?: Inferred<P[K]>;
  }
>;
type Inferred<P> = P extends Property<infer T> ? T : never;

export const string: TypeNode<string> = { kind: "string" };
export const number: TypeNode<number> = { kind: "number" };
export const integer: TypeNode<number> = { kind: "integer" };
export const boolean: TypeNode<boolean> = { kind: "boolean" };
/** A local file's path, or a Pulumi asset. */
export const pathOrAsset: TypeNode<string | Asset> = { kind: "asset" };

export function enumeration<const V extends readonly string[]>(
  name: string,
  description: string,
  values: V,
): TypeNode<V[number]> {
  return { kind: "enum", name, description, values };
}

export function list<T>(element: TypeNode<T>): TypeNode<T[]> {
  return { kind: "list", element };
}

export function object<P extends Properties>(name: string, description: string, properties: P): TypeNode<Infer<P>> {
  return { kind: "object", name, description, properties };
}

export function required<T>(type: TypeNode<T>, description: string): Property<T, true> {
  return { type, description, required: true };
}

export function optional<T>(type: TypeNode<T>, description: string): Property<T, false> {
  return { type, description, required: false };
}

export function updatable<T>(type: TypeNode<T>, description: string): Property<T, false> {
  return { type, description, required: false, updatable: true };
}

export interface ResourceDescription<I extends Properties = Properties, O extends Properties = Properties> {
  /** For example "libvirt:index/domain:Domain". */
  token: string;
  description: string;
  inputs: I;
  outputs: O;
}

export function requiredNames(properties: Properties): string[] {
  return Object.keys(properties).filter((name) => properties[name]?.required);
}

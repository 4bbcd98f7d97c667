/** Uniform resource names: `urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>`. */

export type Urn = string;

export const STACK_TYPE = "pulumi:pulumi:Stack";
const PROVIDER_PREFIX = "pulumi:providers:";

/** The URN of a resource; children of the stack itself do not carry its type. */
export function makeUrn(stack: string, project: string, parent: Urn | undefined, type: string, name: string): Urn {
  const parentType = parent ? qualifiedTypeOf(parent) : "";
  const prefix = parentType && parentType !== STACK_TYPE ? `${parentType}$` : "";
  return `urn:pulumi:${stack}::${project}::${prefix}${type}::${name}`;
}

/** The chain of types from the outermost component inwards, joined by `$`. */
export const qualifiedTypeOf = (urn: Urn): string => urn.split("::")[2] ?? "";
export const typeOf = (urn: Urn): string => qualifiedTypeOf(urn).split("$").at(-1) ?? "";
export const nameOf = (urn: Urn): string => urn.split("::").slice(3).join("::");
export const stackOf = (urn: Urn): string => (urn.split("::")[0] ?? "").replace("urn:pulumi:", "");
export const projectOf = (urn: Urn): string => urn.split("::")[1] ?? "";

export const stackUrn = (stack: string, project: string): Urn =>
  makeUrn(stack, project, undefined, STACK_TYPE, `${project}-${stack}`);

export const isProviderType = (type: string): boolean => type.startsWith(PROVIDER_PREFIX);
export const providerType = (pkg: string): string => `${PROVIDER_PREFIX}${pkg}`;

/** The package that a type or function token belongs to; for provider types, the package they provide. */
export function packageOf(token: string): string {
  const [first, second, third] = token.split(":");
  return first === "pulumi" && second === "providers" ? (third ?? "") : (first ?? "");
}

/** A reference to a configured provider, as resources carry it: `<URN>::<id>`. */
export const providerReference = (urn: Urn, id: string): string => `${urn}::${id}`;

export function parseProviderReference(reference: string): { urn: Urn; id: string } {
  const cut = reference.lastIndexOf("::");
  return { urn: reference.slice(0, cut), id: reference.slice(cut + 2) };
}

/** A type as users read it: `random:index/randomPet:RandomPet` is shown as `random:index:RandomPet`. */
export function displayType(type: string): string {
  const [pkg, module, name] = type.split(":");
  if (!module || !name) return type;
  const slash = module.lastIndexOf("/");
  const file = module.slice(slash + 1);
  if (slash < 0 || file !== name.charAt(0).toLowerCase() + name.slice(1)) return type;
  return `${pkg}:${module.slice(0, slash)}:${name}`;
}

/** Names of builds and RPMs, split as koji.parse_NVR and koji.parse_NVRA do (koji-project/koji koji/__init__.py). */
import { genericError } from "./errors";

export interface Nvr {
  name: string;
  version: string;
  release: string;
  epoch: string;
}

export interface Nvra extends Nvr {
  arch: string;
  location?: string;
}

/** @throws KojiError GenericError "invalid format: …" as koji does. */
export function parseNvr(text: string): Nvr {
  const last = text.lastIndexOf("-");
  const middle = last < 1 ? -1 : text.lastIndexOf("-", last - 1);
  if (last === -1 || last === text.length - 1 || middle === -1 || middle === last - 1) {
    throw genericError(`invalid format: ${text}`);
  }
  const name = text.slice(0, middle);
  const colon = name.indexOf(":");
  return {
    name: colon === -1 ? name : name.slice(colon + 1),
    version: text.slice(middle + 1, last),
    release: text.slice(last + 1),
    epoch: colon === -1 ? "" : name.slice(0, colon),
  };
}

/** Accepts `N-V-R.A`, with `.rpm` and with `@location`. @throws KojiError GenericError */
export function parseNvra(text: string): Nvra {
  const at = text.indexOf("@");
  const location = at === -1 ? undefined : text.slice(at + 1);
  let rest = at === -1 ? text : text.slice(0, at);
  if (rest.endsWith(".rpm")) rest = rest.slice(0, -4);
  const dot = rest.lastIndexOf(".");
  if (dot === -1 || dot === rest.length - 1) throw genericError(`invalid format: ${rest}`);
  const nvra: Nvra = { ...parseNvr(rest.slice(0, dot)), arch: rest.slice(dot + 1) };
  if (location) nvra.location = location;
  return nvra;
}

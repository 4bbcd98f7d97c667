/** Who asks the current bodhi, and whether they may. */
import { createHash } from "node:crypto";
import type { Release } from "../world/bodhi-tables";
import type { World } from "../world/world";
import { type Call, VISIT_COOKIE } from "./dialect-09";
import { single } from "./forms";
import { RequestError, refuse } from "./query";

/** The cookie of pyramid's AuthTkt policy, which bodhi-client keeps. */
export const AUTH_COOKIE = "auth_tkt";

/** The caller, by bodhi's cookie or token, or by a name and password as 0.9 takes them. */
export function caller({ request, parameters, accounts }: Call): string | undefined {
  const name = single(parameters, "user_name");
  const password = single(parameters, "password");
  if (name !== undefined && password !== undefined) return accounts.check(name, password) ? name : undefined;
  const basic = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? "");
  if (basic !== null) {
    const [user = "", ...rest] = Buffer.from(basic[1] as string, "base64")
      .toString("utf8")
      .split(":");
    return accounts.check(user, rest.join(":")) ? user : undefined;
  }
  return accounts.visitor(request, AUTH_COOKIE) ?? accounts.visitor(request, VISIT_COOKIE);
}

export function requireCaller(call: Call): string {
  const user = caller(call);
  if (user !== undefined) return user;
  throw new RequestError(403, [{ location: "body", name: "email", description: "You must provide an author" }]);
}

/** bodhi's token against cross-site requests: the same for a caller as long as the secret is. */
export function csrfToken(call: Call): string {
  return createHash("sha1")
    .update(`csrf ${caller(call) ?? "anonymous"}`)
    .digest("hex");
}

export function requireCsrf(call: Call): void {
  const token = single(call.parameters, "csrf_token");
  if (token === undefined) refuse("csrf_token", "Required", "body");
  if (token !== csrfToken(call))
    refuse(
      "csrf_token",
      "CSRF tokens do not match.  This happens if you have the page open for a long time. Please reload the page and try to submit your data again. Make sure to save your input somewhere before reloading. ",
      "body",
    );
}

/** Of the packager groups, those whose members may act on anybody's updates. */
const ADMIN_GROUPS = ["provenpackager", "releng", "security_respons"];
const PACKAGER_GROUP = "packager";

/** Only packagers make, edit and request updates. @param view as pyramid names it */
export function requirePackager(call: Call, view: string): string {
  const user = caller(call);
  if (user !== undefined && call.world.user(user).groups.includes(PACKAGER_GROUP)) return user;
  const description = `Unauthorized: ${view}__POST failed permission check`;
  return refuse("HTTPForbidden", description, "body", 403);
}

/** Whether a package is somebody's: who has built it has commit access to it, for who else has is not known here. */
function isCommitter(world: World, user: string, nvr: string): boolean {
  const pkg = world.buildsByNvr.get(nvr)?.package;
  return (world.buildsByPackage.get(pkg?.id ?? 0) ?? []).some(({ owner }) => owner.name === user);
}

/** @param submitter of the update, if there is one already: who is let in without commit access to its packages */
export function requireCommitter(
  world: World,
  user: string,
  release: Release | undefined,
  builds: readonly string[],
  submitter?: string,
): void {
  if (release?.state === "archived") refuse("update", "cannot edit Update for an archived Release", "body");
  if (user === submitter || world.user(user).groups.some((group) => ADMIN_GROUPS.includes(group))) return;
  for (const nvr of builds) {
    if (isCommitter(world, user, nvr)) continue;
    const name = world.buildsByNvr.get(nvr)?.package.name ?? nvr;
    refuse("builds", `${user} does not have commit access to ${name}`, "body", 403);
  }
}

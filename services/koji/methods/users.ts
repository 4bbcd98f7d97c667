/** Users, permissions and sessions. */
import { KojiError } from "../../world/errors";
import type { User } from "../../world/tables";
import { whyNoAccess } from "../../world/tagging";
import type { World } from "../../world/world";
import { isStruct, pythonStr, type Value } from "../../xmlrpc/values";
import { globPattern, optionalText, truth, Unmodelled } from "../arguments";
import { findUser, requireTag, requireUser } from "../lookups";
import type { CallContext, Methods } from "../method";
import { applyQueryOptions } from "../query-options";
import { userRow } from "../rows";

/** The user who is logged in. @throws KojiError AuthError as koji's assertLogin does. */
export function requireLogin({ session, world }: CallContext): User {
  if (session === null) throw new KojiError("ActionNotAllowed", "you must be logged in for this operation");
  return world.user(session.userName);
}

function sessionUser({ session, world }: CallContext): User | undefined {
  return session === null ? undefined : world.user(session.userName);
}

/** koji keeps groups as users of another type; here their ids follow those of the users. */
function groupRows(world: World): { id: number; name: string }[] {
  const names = new Set(world.users.flatMap(({ groups }) => groups));
  return [...names].map((name, index) => ({ id: world.users.length + 1 + index, name }));
}

function login(context: CallContext, rest: readonly Value[]): Value {
  const [user, password] = rest;
  if (typeof user !== "string" || typeof password !== "string") {
    throw new KojiError("AuthError", "Invalid type for username or password");
  }
  const session = context.sessions.login(user, password);
  context.world.user(user);
  return { "session-id": session.id, "session-key": session.key, "header-auth": true };
}

export const userMethods: Methods = {
  getUser(context, { userInfo, strict, krb_princs, groups }) {
    const { world } = context;
    const self = sessionUser(context);
    if (userInfo === null && self === undefined) throw new KojiError("GenericError", "No user provided");
    const user = userInfo === null ? self : truth(strict) ? requireUser(world, userInfo) : findUser(world, userInfo);
    if (user === undefined) return null;
    const { krb_principals, ...row } = userRow(user);
    return {
      ...row,
      ...(truth(krb_princs) ? { krb_principals } : {}),
      ...(truth(groups) ? { groups: [...user.groups] } : {}),
    };
  },

  listUsers({ world }, { userType, prefix, perm, inherited_perm, queryOpts }) {
    if (truth(inherited_perm) && !truth(perm)) {
      throw new KojiError("GenericError", "inherited_perm option must be used with perm option");
    }
    const types = userType === null ? null : Array.isArray(userType) ? userType : [userType];
    const start = optionalText(prefix, "prefix");
    const pattern = start === undefined ? null : globPattern(`${start.replace(/[*?]/g, "\\$&")}*`);
    const users = world.users.filter(
      (user) =>
        (types === null || types.includes(0)) &&
        (pattern === null || pattern.test(user.name)) &&
        (!truth(perm) || world.permissionsOf(user).includes(pythonStr(perm))),
    );
    return applyQueryOptions(users.map(userRow), queryOpts, ["id", "name", "status", "usertype", "krb_principals"]);
  },

  getUserGroups({ world }, { user }) {
    const { groups } = requireUser(world, user);
    return groupRows(world).filter(({ name }) => groups.includes(name));
  },

  getGroupMembers({ world }, { group }) {
    const members = world.users.filter(({ groups }) => groups.includes(pythonStr(group)));
    if (members.length === 0) throw new KojiError("GenericError", `No such group: ${pythonStr(group)}`);
    return members.map(({ id, name }) => ({ id, name, krb_principals: [], usertype: 0 }));
  },

  getAllPerms: ({ world }) => world.permissions.map((name, index) => ({ id: index + 1, name, description: null })),
  getUserPerms(context, { userID }) {
    if (userID === null && context.session === null) throw new KojiError("GenericError", "No user provided");
    const { world } = context;
    return world.permissionsOf(userID === null ? requireLogin(context) : requireUser(world, userID));
  },
  getUserPermsInheritance({ world }, { userID }) {
    return Object.fromEntries(world.permissionsOf(requireUser(world, userID)).map((name) => [name, [null]]));
  },
  checkTagAccess(context, { tag_id, user_id }) {
    if (user_id === null && context.session === null) throw new KojiError("GenericError", "a user_id is required");
    const { world } = context;
    const user = user_id === null ? requireLogin(context) : requireUser(world, user_id);
    const why = whyNoAccess(world, requireTag(world, tag_id), user);
    return [why === undefined, world.permissionsOf(user).includes("admin"), why ?? ""];
  },
  getPerms: (context) => (context.session === null ? [] : context.world.permissionsOf(requireLogin(context))),
  hasPerm(context, { perm, strict }) {
    if (truth(strict) && !context.world.permissions.includes(pythonStr(perm))) {
      throw new KojiError("GenericError", `No such entry in table permissions: ${pythonStr(perm)}`);
    }
    return context.session !== null && context.world.permissionsOf(requireLogin(context)).includes(pythonStr(perm));
  },

  getLoggedInUser(context) {
    const user = sessionUser(context);
    return user === undefined ? null : { ...userRow(user), authtype: 0, krb_principal: null };
  },

  showSession({ session }) {
    return session === null ? "session: not logged in" : `session ${session.id}: user ${session.userName}`;
  },

  getSessionInfo(context, { details, user_id }) {
    if (truth(user_id)) throw new Unmodelled("getSessionInfo(user_id)");
    const { session } = context;
    if (session === null) return null;
    const row = {
      user_id: requireLogin(context).id,
      master: null,
      authtype: 0,
      callnum: session.callNumber,
      exclusive: null,
    };
    return truth(details) ? { ...row, id: session.id, hostip: "-" } : row;
  },

  login: (context, _args, { rest }) => login(context, rest),

  logout(context) {
    if (context.session === null) throw new KojiError("AuthError", "Not logged in");
    context.sessions.logout(context.session);
    return null;
  },

  subsession(context) {
    const { session } = context;
    if (session === null) throw new KojiError("AuthError", "Not logged in");
    const child = context.sessions.open(session.userName);
    return { "session-id": child.id, "session-key": child.key, "header-auth": true };
  },

  exclusiveSession(context) {
    requireLogin(context);
    return null;
  },
  sharedSession(context) {
    requireLogin(context);
    return null;
  },

  getBuildNotifications: (context) => {
    requireLogin(context);
    return [];
  },
  getBuildNotificationBlocks: (context) => {
    requireLogin(context);
    return [];
  },
};

/** What a journal may keep of arguments: never a password. */
export function withoutSecrets(method: string, params: readonly Value[]): readonly Value[] {
  if (method !== "login" && method !== "sslLogin" && method !== "krbLogin") return params;
  return params.map((param, index) => (index === 0 && !isStruct(param) ? param : "(not recorded)"));
}

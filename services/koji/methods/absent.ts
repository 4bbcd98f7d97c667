/**
 * Methods on what a situation has none of: buildroots, hosts' work, archives, external repositories, notifications. The
 * answer follows from there being none, and is the hub's.
 */
import { genericError } from "../../world/errors";
import { pythonRepr, type Value } from "../../xmlrpc/values";
import { integer, truth } from "../arguments";
import type { Arguments, Method, Methods } from "../method";
import { applyQueryOptions } from "../query-options";

/** Nil, or a fault where the caller is strict. */
function none(message: (args: Arguments) => string): Method {
  return (_context, args) => {
    if (truth(args.strict)) throw genericError(message(args));
    return null;
  };
}

const noArchive = none(({ archive_id }) => `No such archive: ${integer(archive_id)}`);

function emptyList(columns: readonly string[]): Method {
  return (_context, args): Value => applyQueryOptions([], args.queryOpts, columns);
}

export const absentMethods: Methods = {
  listBuildroots: emptyList(["id", "state", "host_id", "repo_id", "tag_id"]),
  getBuildroot: none(({ buildrootID }) => `No such buildroot: ${integer(buildrootID)}`),
  getBuildrootListing(_context, { id }) {
    throw genericError(`no buildroot with ID: ${integer(id)}`);
  },
  getArchive: noArchive,
  getMavenArchive: noArchive,
  getWinArchive: noArchive,
  getImageArchive: noArchive,
  listArchiveFiles(_context, { archive_id, strict, queryOpts }) {
    if (truth(strict)) throw genericError(`No such archive: ${integer(archive_id)}`);
    return applyQueryOptions([], queryOpts, ["name", "size"]);
  },
  getArchiveFile: none(({ archive_id }) => `No such archive: ${integer(archive_id)}`),
  getExternalRepo: none(({ info }) => `No such repo: ${pythonRepr(info)}`),
  getLastHostUpdate: () => null,
  getBuildNotification: none(({ id }) => `No notification with ID ${integer(id)} found`),
  getBuildNotificationBlock: none(({ id }) => `No notification block with ID ${integer(id)} found`),
};

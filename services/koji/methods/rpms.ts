/** Reading RPMs; what is inside one is read from its file, so it is told only of builds that have files. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type RpmHeader, readRpmHeader } from "../../rpm/header";
import { dependencies, files, headerFields } from "../../rpm/views";
import { genericError } from "../../world/errors";
import type { Rpm } from "../../world/tables";
import { pythonRepr, pythonStr, pythonType, type Struct, type Value } from "../../xmlrpc/values";
import { integer, truth, Unmodelled } from "../arguments";
import { findRpm, requireBuild, requireRpm } from "../lookups";
import type { Arguments, CallContext, Methods } from "../method";
import { applyQueryOptions } from "../query-options";
import { listedRpmRow, rpmRow } from "../rows";

const RPM_COLUMNS = [
  "id",
  "name",
  "version",
  "release",
  "nvr",
  "arch",
  "epoch",
  "draft",
  "payloadhash",
  "size",
  "buildtime",
  "build_id",
  "buildroot_id",
  "external_repo_id",
  "external_repo_name",
  "metadata_only",
  "extra",
];

const CHECKSUM_TYPES = ["md5", "sha1", "sha256", "sha384", "sha512"];

function byArch(rpms: readonly Rpm[], arches: Value | undefined): readonly Rpm[] {
  if (arches === null || arches === undefined) return rpms;
  if (typeof arches === "string") return rpms.filter(({ arch }) => arch === arches);
  if (Array.isArray(arches)) return rpms.filter(({ arch }) => arches.includes(arch));
  throw genericError(`Invalid type for "arches" parameter: ${pythonType(arches)}`);
}

function listRpms({ world }: CallContext, args: Arguments): Value {
  for (const name of ["buildrootID", "imageID", "componentBuildrootID", "hostID"] as const) {
    // There is no buildroot, image or host here, so nothing was made in one.
    if (args[name] !== null) return applyQueryOptions([], args.queryOpts, RPM_COLUMNS);
  }
  if (args.draft === true) return applyQueryOptions([], args.queryOpts, RPM_COLUMNS);
  const rpms = args.buildID === null ? world.rpms : (world.builds[integer(args.buildID) - 1]?.rpms ?? []);
  return applyQueryOptions(byArch(rpms, args.arches).map(listedRpmRow), args.queryOpts, RPM_COLUMNS);
}

/** The header of an RPM; undefined when koji has no file of it. @throws KojiError when that is an error for the caller. */
function headerOf(context: CallContext, info: Value | undefined, strict: boolean): RpmHeader | undefined {
  const rpm = strict ? requireRpm(context.world, info) : findRpm(context.world, info);
  if (rpm === undefined) return undefined;
  const path = rpm.sha256 === null ? undefined : context.rpmFile(rpm.sha256);
  if (path === undefined) {
    if (strict) throw genericError(`RPM file of ${pythonStr(info)} doesn't exist`);
    return undefined;
  }
  return readRpmHeader(path);
}

export const rpmMethods: Methods = {
  listRPMs: listRpms,

  listBuildRPMs(context, { build }) {
    const row = typeof build === "number" ? context.world.builds[build - 1] : requireBuild(context.world, build);
    return (row?.rpms ?? []).map(listedRpmRow);
  },

  getRPM({ world }, { rpminfo, strict, multi }) {
    const rpm = truth(strict) && !truth(multi) ? requireRpm(world, rpminfo) : findRpm(world, rpminfo);
    if (truth(multi)) return rpm === undefined ? [] : [rpmRow(rpm)];
    return rpm === undefined ? null : rpmRow(rpm);
  },

  queryRPMSigs({ world }, { rpm_id, sigkey, queryOpts }) {
    const columns = ["rpm_id", "sigkey", "sighash"];
    const rpms = rpm_id === null ? world.rpms : [findRpm(world, rpm_id)];
    const wanted = typeof sigkey === "string" ? sigkey.toLowerCase() : null;
    const rows: Struct[] = [];
    for (const rpm of rpms) {
      for (const key of rpm?.signingKeys ?? []) {
        if (wanted !== null && key.toLowerCase() !== wanted) continue;
        rows.push({ rpm_id: (rpm as Rpm).id, sigkey: key, sighash: (rpm as Rpm).payloadHash });
      }
    }
    return applyQueryOptions(rows, queryOpts, columns);
  },

  /** Checksums of an RPM's signed copies; koji keeps none of an unsigned one. */
  getRPMChecksums(context, { rpm_id, checksum_types }) {
    if (typeof rpm_id !== "number") throw genericError("rpm_id must be an integer");
    const rpm = requireRpm(context.world, rpm_id);
    const types = truth(checksum_types) ? checksum_types : ["md5", "sha256"];
    if (!Array.isArray(types)) throw genericError("checksum_type must be a list");
    for (const type of types) {
      if (!CHECKSUM_TYPES.includes(pythonStr(type)))
        throw genericError(`Checksum_type ${pythonStr(type)} isn't supported`);
    }
    const path = rpm.sha256 === null ? undefined : context.rpmFile(rpm.sha256);
    const content = path === undefined ? undefined : readFileSync(path);
    const digests = Object.fromEntries(
      types.map((type) => [
        type,
        content === undefined ? null : createHash(pythonStr(type)).update(content).digest("hex"),
      ]),
    );
    return Object.fromEntries(rpm.signingKeys.map((key) => [key, digests]));
  },

  getRPMHeaders(context, { rpmID, taskID, filepath, headers }) {
    if (taskID !== null || filepath !== null) throw new Unmodelled("getRPMHeaders(taskID, filepath)");
    if (headers !== null && !Array.isArray(headers))
      throw genericError(`Invalid type for headers: ${pythonType(headers)}`);
    const header = headerOf(context, rpmID, false);
    return header === undefined ? {} : headerFields(header, (headers ?? []).map(pythonStr));
  },

  getRPMDeps(context, { rpmID, depType, queryOpts, strict }) {
    const header = headerOf(context, rpmID, truth(strict));
    const rows = header === undefined ? [] : dependencies(header);
    const wanted = depType === null ? rows : rows.filter((row) => row.type === depType);
    return applyQueryOptions(wanted, queryOpts, ["name", "version", "flags", "type"]);
  },

  listRPMFiles(context, { rpmID, queryOpts }) {
    const header = headerOf(context, rpmID, false);
    const rows = header === undefined ? [] : files(header);
    return applyQueryOptions(rows, queryOpts, [
      "name",
      "digest",
      "digest_algo",
      "md5",
      "size",
      "flags",
      "user",
      "group",
      "mtime",
      "mode",
    ]);
  },

  getRPMFile(context, { rpmID, filename, strict }) {
    const header = headerOf(context, rpmID, truth(strict));
    const row = header === undefined ? undefined : files(header).find(({ name }) => name === filename);
    if (row !== undefined) return { rpm_id: findRpm(context.world, rpmID)?.id ?? null, ...row };
    if (truth(strict)) throw genericError(`No file: ${pythonRepr(filename)} found in RPM: ${pythonStr(rpmID)}`);
    return {};
  },
};

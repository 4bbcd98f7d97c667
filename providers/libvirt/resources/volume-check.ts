import { accessSync, constants } from "node:fs";
import type { Failure } from "../schema/validate";
import { Asset, isMap, type PlainMap } from "../wire/values";
import { checkOctal } from "./pool";
import { checkAbsolute, checkName } from "./resource";
import { fileProblem, sourcePath } from "./volume-content";

/** What the schema of a volume cannot express. */
export function checkVolume(inputs: PlainMap): Failure[] {
  return [
    ...checkName("name", inputs.name),
    ...checkContent(inputs),
    ...checkBacking(inputs),
    ...checkTarget(inputs.target),
    ...checkSha256(inputs.sourceSha256),
  ];
}

function checkContent(inputs: PlainMap): Failure[] {
  const given = ["backingStore", "source", "content"].filter((name) => inputs[name] !== undefined);
  const [first, second] = given;
  if (second !== undefined) {
    return [{ property: second, reason: `${given.join(" and ")} exclude each other` }];
  }
  if (first === undefined && inputs.capacity === undefined) {
    return [
      { property: "capacity", reason: "an empty volume needs a capacity (or give backingStore, source or content)" },
    ];
  }
  if (inputs.sourceSha256 !== undefined && first !== "source") {
    return [{ property: "sourceSha256", reason: "only for a volume with a source" }];
  }
  const { source } = inputs;
  const path = typeof source === "string" || source instanceof Asset ? sourcePath(source) : undefined;
  return path === undefined ? [] : checkReadable(path);
}

function checkReadable(path: string): Failure[] {
  try {
    accessSync(path, constants.R_OK);
    return [];
  } catch (error) {
    return [{ property: "source", reason: `${path}: ${fileProblem(error)}` }];
  }
}

function checkBacking({ backingStore, target }: PlainMap): Failure[] {
  if (!isMap(backingStore)) return [];
  const format = isMap(target) && isMap(target.format) ? target.format.type : undefined;
  const overRaw = format === "raw" ? [{ property: "target.format.type", reason: "an overlay is qcow2" }] : [];
  return [...overRaw, ...checkAbsolute("backingStore.path", backingStore.path)];
}

function checkTarget(target: unknown): Failure[] {
  const permissions = isMap(target) ? target.permissions : undefined;
  return isMap(permissions) ? checkOctal("target.permissions.mode", permissions.mode) : [];
}

function checkSha256(sha256: unknown): Failure[] {
  if (typeof sha256 !== "string" || /^[0-9a-f]{64}$/i.test(sha256)) return [];
  return [{ property: "sourceSha256", reason: "64 hexadecimal digits expected" }];
}

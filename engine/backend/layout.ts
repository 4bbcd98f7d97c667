/**
 * Where the file backend keeps things (pulumi/pulumi pkg/backend/diy): `.pulumi/` below the directory of a `file://`
 * URL, one state file per project and stack.
 */
import { statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { UserError } from "../errors";

/** The only organization that a file backend knows. */
export const ORGANIZATION = "organization";

export interface StackId {
  readonly project: string;
  readonly stack: string;
}

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}$/;

/** Reads `stack`, `project/stack` is refused, `organization/project/stack` is the long form. */
export function parseStackReference(reference: string, project: string): StackId {
  const parts = reference.split("/");
  const id =
    parts.length === 1
      ? { project, stack: reference }
      : parts.length === 3 && parts[0] === ORGANIZATION
        ? { project: parts[1] ?? "", stack: parts[2] ?? "" }
        : undefined;
  if (!id) {
    throw new UserError(`could not parse stack name '${reference}': use NAME or ${ORGANIZATION}/PROJECT/NAME`);
  }
  if (!NAME.test(id.stack)) {
    throw new UserError(
      `a stack name may only contain alphanumeric, hyphens, underscores, or periods, and begin with a letter or digit: '${id.stack}'`,
    );
  }
  return id;
}

/** The directory that a backend URL names. It must exist: the official CLI does not make it either. */
export function backendDirectory(url: string): string {
  const directory = directoryOf(url);
  if (!isDirectory(directory)) {
    throw new UserError(`the state directory ${directory} (backend ${url}) does not exist: make it, then try again`);
  }
  return directory;
}

/** Whether the state is kept in files, of which {@link directoryOf} knows the place. */
export const isFileUrl = (url: string): boolean => url.startsWith("file://");

/**
 * The directory that a backend URL names, whether it exists or not. `~` is the home directory of the password database,
 * as for the official CLI, whatever $HOME says.
 */
export function directoryOf(url: string): string {
  if (!isFileUrl(url)) {
    throw new UserError(
      `the backend ${url} is not supported by the local engine: it keeps state in files only. ` +
        "Set PULUMI_BACKEND_URL (or backend.url in Pulumi.yaml) to file:///DIRECTORY",
    );
  }
  const place = decoded(url, url.slice("file://".length).replace(/\?.*$/, ""));
  const home = os.userInfo().homedir;
  return path.resolve(place === "~" ? home : place.startsWith("~/") ? path.join(home, place.slice(2)) : place);
}

function decoded(url: string, place: string): string {
  try {
    return decodeURIComponent(place);
  } catch {
    throw new UserError(`the backend ${url} is not a URL: a percent sign in the directory's name is written %25`);
  }
}

function isDirectory(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The paths of one stack's files. */
export class StackFiles {
  readonly state: string;
  readonly backup: string;
  readonly attributes: string;
  readonly locks: string;
  readonly history: string;
  readonly backups: string;

  constructor(
    readonly root: string,
    readonly id: StackId,
  ) {
    const { project, stack } = id;
    this.state = path.join(root, "stacks", project, `${stack}.json`);
    this.backup = `${this.state}.bak`;
    this.attributes = path.join(root, "stacks", project, `${stack}.pulumi-tags`);
    this.locks = path.join(root, "locks", ORGANIZATION, project, stack);
    this.history = path.join(root, "history", project, stack);
    this.backups = path.join(root, "backups", project, stack);
  }
}

export const bookkeepingRoot = (directory: string): string => path.join(directory, ".pulumi");

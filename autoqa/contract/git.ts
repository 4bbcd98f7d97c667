/** What is asked of git. */
import { attempt } from "./attempt";
import { ContractError } from "./manifest";
import { type Source, withoutPassword } from "./source";

/**
 * The commit of a branch, tag or whole commit id.
 * @returns undefined if it can only be an abbreviated commit id, which a clone must tell
 * @throws ContractError if there is no such repository or ref
 */
export async function remoteCommit({ repository, ref }: Source): Promise<string | undefined> {
  if (/^[0-9a-f]{40}$/.test(ref)) return ref;
  const names = ref === "HEAD" ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`];
  const listed = await attempt(`The repository ${repository} cannot be read`, "git", [
    ...["ls-remote", "--quiet", "--", repository, ...names],
  ]);
  const commits = new Map(listed.split("\n").map((line) => line.split("\t").reverse() as [string, string]));
  const name = names.find((each) => commits.has(each));
  if (name !== undefined) return commits.get(name);
  if (/^[0-9a-f]{4,39}$/.test(ref)) return undefined;
  throw noSuchRef({ repository, ref });
}

/** Makes a clone in which the commit is checked out. @returns the whole id of the commit */
export async function checkOut(repository: string, commit: string, directory: string): Promise<string> {
  await attempt(`The repository ${repository} cannot be cloned`, "git", [
    ...["clone", "--quiet", "--no-checkout", "--", repository, directory],
  ]);
  const parse = ["rev-parse", "--quiet", "--verify", "--end-of-options", `${commit}^{commit}`];
  const id = await attempt("", "git", parse, directory).catch(() => {
    throw noSuchRef({ repository, ref: commit });
  });
  await attempt(`${commit} cannot be checked out`, "git", ["checkout", "--quiet", "--detach", id.trim()], directory);
  return id.trim();
}

const noSuchRef = ({ repository, ref }: Source): ContractError =>
  new ContractError(`${withoutPassword(repository)} has no branch, tag or commit ${ref}.`);

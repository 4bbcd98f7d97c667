/** AutoQA's settings: everything comes from the environment (docs/autoqa-contract.md). */
import * as z from "zod";

export class SettingsError extends Error {
  override name = "SettingsError";
}

const url = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ""));
const listen = z
  .string()
  .regex(/^.+:\d{1,5}$/, "must be host:port")
  .transform((value) => ({
    host: value.slice(0, value.lastIndexOf(":")),
    port: Number(value.slice(value.lastIndexOf(":") + 1)),
  }));

const Server = z
  .object({
    AUTOQA_KOJI_HUB_URL: url,
    AUTOQA_KOJI_FILES_URL: url,
    AUTOQA_REPOS_URL: url.optional(),
    AUTOQA_BODHI_URL: url,
    AUTOQA_BODHI_USERNAME: z.string().min(1).optional(),
    AUTOQA_BODHI_PASSWORD: z.string().min(1).optional(),
    AUTOQA_RESULTSDB_URL: url.optional(),
    AUTOQA_LISTEN: listen,
    AUTOQA_PUBLIC_URL: url,
    AUTOQA_STATE_DIRECTORY: z.string().min(1),
    AUTOQA_POLL_SECONDS: z.coerce.number().positive().max(86_400),
    AUTOQA_CLIENT_TOKEN: z.string().min(1),
  })
  // An account is whole, or there is none and nothing is posted to bodhi.
  .refine((given) => given.AUTOQA_BODHI_PASSWORD === undefined || given.AUTOQA_BODHI_USERNAME !== undefined, {
    path: ["AUTOQA_BODHI_USERNAME"],
  })
  .refine((given) => given.AUTOQA_BODHI_USERNAME === undefined || given.AUTOQA_BODHI_PASSWORD !== undefined, {
    path: ["AUTOQA_BODHI_PASSWORD"],
  });
export type ServerSettings = z.infer<typeof Server>;

const Client = z.object({
  AUTOQA_SERVER_URL: url,
  AUTOQA_CLIENT_NAME: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/, "must be a host name or an address"),
  AUTOQA_CLIENT_LABELS: z.string().transform((value) =>
    value
      .split(",")
      .map((label) => label.trim())
      .filter((label) => label !== ""),
  ),
  AUTOQA_CLIENT_TOKEN: z.string().min(1),
  AUTOQA_STATE_DIRECTORY: z.string().min(1),
});
export type ClientSettings = z.infer<typeof Client>;

type Environment = Record<string, string | undefined>;

/** @throws SettingsError naming every variable that is missing or wrong */
export function readServerSettings(environment: Environment): ServerSettings {
  return read(Server, environment);
}

/** @throws SettingsError naming every variable that is missing or wrong */
export function readClientSettings(environment: Environment): ClientSettings {
  return read(Client, environment);
}

function read<T>(schema: z.ZodType<T>, environment: Environment): T {
  // An empty variable is how many a service file says "none".
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const name = path.join(".");
    return given[name] === undefined ? `${name} is not set` : `${name}: ${message}`;
  });
  throw new SettingsError(
    `AutoQA's environment is not complete (docs/autoqa-contract.md):\n  ${problems.join("\n  ")}`,
  );
}

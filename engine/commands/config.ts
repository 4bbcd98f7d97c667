/** `config …`: reading and changing Pulumi.<stack>.yaml. */
import { EXIT, UserError } from "../errors";
import { qualifyKey, shortKey } from "../project/configKey";
import { type ConfigValue, isSecure } from "../project/configValue";
import { type Path, PathError, parsePath } from "../values/path";
import type { StackContext } from "./context";

export interface SetOptions {
  readonly secret: boolean;
  /** The key is a path into a structured value. */
  readonly path: boolean;
}

/** Splits a key into the configuration key and the path inside its value. */
function split(text: string, project: string, isPath: boolean): { key: string; inner: Path } {
  if (!isPath) return { key: qualifyKey(text, project), inner: [] };
  try {
    const [first, ...inner] = parsePath(text.replace(/^[^:.[\]]+:/, ""));
    const namespace = /^([^:.[\]]+):/.exec(text)?.[1];
    return { key: `${namespace ?? project}:${String(first)}`, inner };
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    throw new UserError(`invalid configuration key: ${error.message}`, EXIT.usage);
  }
}

/** With --path, what looks like a boolean or a whole number is one. */
function typed(text: string): ConfigValue {
  if (text === "true" || text === "false") return text === "true";
  return /^(0|-?[1-9]\d{0,15})$/.test(text) ? Number(text) : text;
}

export async function setConfig(stack: StackContext, key: string, text: string, options: SetOptions): Promise<void> {
  const place = split(key, stack.project.name, options.path);
  if (options.secret) {
    const crypter = await stack.crypter();
    // A secret in the settings can only be read with the salt that belongs to it.
    stack.settings.encryptionSalt = crypter.saltString;
    stack.settings.set(place.key, place.inner, { secure: crypter.encrypt(text) });
  } else {
    stack.settings.set(place.key, place.inner, options.path ? typed(text) : text);
  }
  await stack.settings.save();
}

export async function removeConfig(stack: StackContext, key: string, isPath: boolean): Promise<void> {
  const place = split(key, stack.project.name, isPath);
  if (stack.settings.remove(place.key, place.inner)) await stack.settings.save();
}

export async function getConfig(stack: StackContext, key: string, isPath: boolean, json: boolean): Promise<string> {
  const place = split(key, stack.project.name, isPath);
  const missing = new UserError(
    `configuration key '${shortKey(place.key, stack.project.name)}' not found for stack '${stack.id.stack}'`,
  );
  const value = (await stack.resolvedConfig()).get(place.key);
  if (!value) throw missing;
  let part: ConfigValue | undefined = value.object ?? value.text;
  for (const step of place.inner) {
    part = typeof part === "object" && part !== null ? (part as Record<string | number, ConfigValue>)[step] : undefined;
  }
  if (part === undefined) throw missing;
  const text = typeof part === "object" && part !== null ? JSON.stringify(part) : String(part ?? "");
  if (!json) return text;
  const object = typeof part === "object" ? { objectValue: part } : {};
  return JSON.stringify({ value: text, ...object, secret: value.secret }, null, 2);
}

export async function showConfig(stack: StackContext, json: boolean, showSecrets: boolean): Promise<string> {
  return json ? configDocument(stack, showSecrets) : configTable(stack, showSecrets);
}

async function configDocument(stack: StackContext, showSecrets: boolean): Promise<string> {
  const resolved = showSecrets ? await stack.resolvedConfig() : undefined;
  const entries = Object.entries(stack.config).sort(([a], [b]) => (a < b ? -1 : 1));
  const document = entries.map(([key, raw]) => {
    const known = resolved?.get(key);
    if (known) {
      const object = known.object === undefined ? {} : { objectValue: known.object };
      return [key, { value: known.text, ...object, secret: known.secret }];
    }
    if (hasSecret(raw)) return [key, { secret: true }];
    const structured = typeof raw === "object" && raw !== null;
    const value = structured ? JSON.stringify(raw) : String(raw ?? "");
    return [key, { value, ...(structured && { objectValue: raw }), secret: false }];
  });
  return JSON.stringify(Object.fromEntries(document), null, 2);
}

async function configTable(stack: StackContext, showSecrets: boolean): Promise<string> {
  const resolved = showSecrets ? await stack.resolvedConfig() : undefined;
  const rows = Object.entries(stack.config)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, raw]) => {
      const text =
        resolved?.get(key)?.text ?? (typeof raw === "object" ? JSON.stringify(hidden(raw)) : String(raw ?? ""));
      return [shortKey(key, stack.project.name), hasSecret(raw) && !showSecrets ? "[secret]" : text] as const;
    });
  const width = Math.max(3, ...rows.map(([key]) => key.length));
  return [["KEY", "VALUE"] as const, ...rows].map(([key, value]) => `${key.padEnd(width)}  ${value}`).join("\n");
}

const hasSecret = (value: ConfigValue): boolean =>
  isSecure(value) || (typeof value === "object" && value !== null && Object.values(value).some(hasSecret));

function hidden(value: ConfigValue): ConfigValue {
  if (isSecure(value)) return "[secret]";
  if (Array.isArray(value)) return value.map(hidden);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hidden(item)]));
}

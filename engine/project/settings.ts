/** Pulumi.<stack>.yaml: a stack's configuration and its encryption salt. Edits keep comments and order. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Document, isMap, isScalar, isSeq, parseDocument, type Scalar } from "yaml";
import { writeAtomically } from "../backend/atomic";
import { UserError } from "../errors";
import type { Path } from "../values/path";
import { qualifyKey } from "./configKey";
import type { ConfigValue } from "./configValue";
import type { Project } from "./project";

export class StackSettings {
  private constructor(
    readonly file: string,
    private readonly document: Document,
    private readonly project: string,
  ) {}

  /** Reads the stack's settings; a stack without a file has none. Throws a UserError that names the file. */
  static load(project: Project, stack: string): StackSettings {
    const file = path.join(project.settingsDirectory, `Pulumi.${stack}.yaml`);
    const document = parseDocument(existsSync(file) ? readFileSync(file, "utf8") : "");
    const problem = document.errors[0];
    if (problem) throw new UserError(`${file} is not valid YAML: ${problem.message}`);
    const contents: unknown = document.toJS();
    if (contents !== null && (typeof contents !== "object" || Array.isArray(contents))) {
      throw new UserError(`${file} must be a mapping with 'config'`);
    }
    const settings = new StackSettings(file, document, project.name);
    settings.checkConfig((contents as Record<string, unknown> | null)?.config);
    return settings;
  }

  private checkConfig(config: unknown): void {
    if (config === undefined || config === null) return;
    if (typeof config !== "object" || Array.isArray(config)) {
      throw new UserError(`${this.file}: 'config' must be a mapping of keys to values`);
    }
    for (const key of Object.keys(config)) {
      if (!/^[^:]+(:config)?:[^:]+$/.test(key)) {
        throw new UserError(
          `${this.file}: could not parse ${key} as a configuration key (configuration keys should be of the form \`<namespace>:<name>\`)`,
        );
      }
    }
  }

  get encryptionSalt(): string | undefined {
    const salt = this.document.get("encryptionsalt");
    return typeof salt === "string" ? salt : undefined;
  }

  set encryptionSalt(salt: string) {
    this.ensureMap();
    this.document.set("encryptionsalt", salt);
  }

  /** Every value by fully qualified key. */
  get config(): Record<string, ConfigValue> {
    const contents = this.document.toJS() as { config?: Record<string, ConfigValue> } | null;
    const entries = Object.entries(contents?.config ?? {});
    return Object.fromEntries(entries.map(([key, value]) => [qualifyKey(key, this.project), value]));
  }

  /** Sets a value, or what lies at `inner` inside it; maps and lists on the way are made. */
  set(key: string, inner: Path, value: ConfigValue): void {
    const whole: (string | number)[] = ["config", this.spelling(key), ...inner];
    this.ensureMap();
    for (let length = 1; length < whole.length; length++) {
      const place = whole.slice(0, length);
      const next = whole[length];
      const present: unknown = this.document.getIn(place);
      const fits = typeof next === "number" ? isSeq(present) : isMap(present);
      if (!fits) this.document.setIn(place, this.document.createNode(typeof next === "number" ? [] : {}));
      const list = this.document.getIn(place);
      if (typeof next === "number" && isSeq(list) && next > list.items.length) {
        throw new UserError(
          `cannot set index ${next} of ${whole.slice(1, length).join(".")}: it has ${list.items.length} elements`,
        );
      }
    }
    const present: unknown = this.document.getIn(whole, true);
    if (isScalar(present) && (typeof value !== "object" || value === null)) present.value = value;
    else this.document.setIn(whole, this.document.createNode(value));
  }

  remove(key: string, inner: Path): boolean {
    return this.document.deleteIn(["config", this.spelling(key), ...inner]);
  }

  private ensureMap(): void {
    if (!isMap(this.document.contents)) this.document.contents = this.document.createNode({});
  }

  /** The key as the file spells it. */
  private spelling(key: string): string {
    const config: unknown = this.document.get("config");
    const present = isMap(config) ? config.items.map((pair) => String((pair.key as Scalar).value)) : [];
    return present.find((candidate) => qualifyKey(candidate, this.project) === key) ?? key;
  }

  async save(): Promise<void> {
    await writeAtomically(this.file, this.document.toString({ lineWidth: 0 }));
  }
}
